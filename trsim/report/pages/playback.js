"use strict";
// The page: shows the scene of an instant, and moves from instant to instant. Names reach the page
// as text nodes only.

const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const MOST_TASKS = 25; // shown of each queue
const MOST_LINES = 40; // of the ticker
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const run = JSON.parse(document.getElementById("run").textContent);
const { events, tasks: known } = decode(run);
const { names } = run;
const here = Object.fromEntries([...document.querySelectorAll("[id]")].map((node) => [node.id, node]));

// ---- words ----

const two = (number) => String(number).padStart(2, "0");

function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const minutes = `${Math.floor(s / 60) % 60}`;
  const hours = Math.floor(s / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
}

const manyDays = run.start_ms !== null
  && Math.floor(run.start_ms / 864e5) !== Math.floor((run.start_ms + run.horizon_ms - 1) / 864e5);

function instant(ms) {
  if (run.start_ms === null) {
    const s = Math.floor(ms / 1000);
    return `+${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  }
  const label = new Date(run.start_ms + ms).toISOString();
  if (manyDays) return label.slice(0, 19).replace("T", " ");
  const isEnd = ms > 0 && label.slice(11, 19) === "00:00:00"; // of the only day
  return isEnd ? "24:00:00" : label.slice(11, 19);
}

function taskName(number, about = known.get(number)) {
  return about && about.stream >= 0 ? `${names.streams[about.stream]}/${about.number}` : `task ${number}`;
}

const WORDS = {
  task: (event) => ("task" in event ? taskName(event.task) : taskName(-1, event)),
  worker: (event) => names.workers[event.worker],
  queue: (event) => names.queues[event.queue],
  workflow: (event) => names.workflows[event.workflow],
  channel: (event) => names.channels[event.channel],
  activity: (event) => names.activities[event.activity],
  reason: (event) => run.reasons[event.reason],
  limit: (event) => span(event.limit),
};

function sentence(event) {
  return event.kind.words.replace(/\{(\w+)\}/g, (_, key) => (key in WORDS ? WORDS[key](event) : event[key]));
}

// ---- drawing ----

function put(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function make(tag, ...children) {
  const node = document.createElement(tag);
  node.append(...children);
  return node;
}

// Makes a list as long as wanted, out of the nodes that are there where possible.
function grow(list, count, build) {
  while (list.children.length > count) list.lastChild.remove();
  while (list.children.length < count) list.append(build());
  return [...list.children];
}

function classed(tag, name) {
  const node = document.createElement(tag);
  node.className = name;
  return node;
}

const COUNTERS = [
  ["Offered", "offered"], ["Answered", "answered"], ["Abandoned", "abandoned"],
  ["Canceled by workflow", "dropped"], ["Missed offers", "missed"],
  ["Turned down", "rejected", true], ["Canceled otherwise", "canceled", true],
  ["Removed", "removed", true], ["Refused", "refused", true],
].filter(([, name, optional]) => // what never happens in what is shown takes no room
  !optional || run.opening.counts[name] || events.some((event) => event.kind.counts === name));

const levelCell = make("dd");
levelCell.title = `${run.service_level[2]} ${run.service_level[1]}`;
const counterCells = new Map(COUNTERS.map(([label, name]) => {
  const cell = make("dd");
  here.counters.append(make("div", make("dt", label), cell));
  return [name, cell];
}));
const since = run.warm_up_ms ? `, tasks from ${instant(run.warm_up_ms)} on` : "";
here.counters.append(make(
  "div",
  make("dt", `Service level (${run.service_level[0].replace("_", " ")}, ${run.threshold_ms / 1000} s${since})`),
  levelCell,
));

function drawCounters(scene, at) {
  for (const [name, cell] of counterCells) put(cell, (scene.counts[name] || 0).toLocaleString("en"));
  const level = scene.serviceLevel(at);
  put(levelCell, level === null ? "none yet" : `${(100 * level).toFixed(1)} %`);
}

const fullMs = Math.max(run.threshold_ms * 6, 60000);
put(here["bars-note"],
  `Highest priority (P) first, then the oldest. Bars show ages, full at ${span(fullMs)}: plain up to `
  + `${span(run.threshold_ms)}, then broken, finely broken beyond ${span(fullMs / 2)}. “→” is who is asked.`);

function queueBox(title) {
  const box = { title: make("span", title), count: classed("span", "count"), list: make("ul"), more: classed("p", "note") };
  const heading = make("h3", box.title, " ", box.count);
  box.node = classed("div", "queue");
  box.node.append(heading, box.list, box.more);
  here.queues.append(box.node);
  return box;
}

const queueBoxes = names.queues.map(queueBox);
const noQueue = queueBox("in no queue");

function taskLine() {
  const line = classed("span", "line");
  line.append(make("span"), classed("span", "priority"), classed("span", "age"));
  return make("li", classed("span", "bar"), line);
}

function drawQueue(box, waiting, askedOf, at) {
  waiting.sort((a, b) => b.priority - a.priority || a.created - b.created || a.number - b.number);
  const oldest = Math.min(...waiting.map((task) => task.created));
  put(box.count, waiting.length ? `${waiting.length}, oldest ${span(at - oldest)}` : "empty");
  const shown = waiting.slice(0, MOST_TASKS);
  grow(box.list, shown.length, taskLine).forEach((item, place) => {
    const task = shown[place];
    const age = at - task.created;
    item.className = age > fullMs / 2 ? "very-late" : age > run.threshold_ms ? "late" : "";
    item.firstChild.style.width = `${Math.min(100, (100 * age) / fullMs)}%`;
    const asked = askedOf.get(task.number);
    const target = task.worker >= 0 && !asked ? ` for ${names.workers[task.worker]}` : "";
    const [name, priority, ageCell] = item.lastChild.children;
    put(name, `${taskName(task.number)}${target}${asked ? ` → ${asked.join(", ")}` : ""}`);
    put(priority, `P${task.priority}`);
    priority.hidden = task.priority === 0;
    put(ageCell, span(age));
  });
  put(box.more, waiting.length > shown.length ? `and ${waiting.length - shown.length} more` : "");
}

function drawQueues(scene, at) {
  const askedOf = new Map();
  for (const { task, worker, status } of scene.offers.values()) {
    if (status === 0) askedOf.set(task, [...(askedOf.get(task) || []), names.workers[worker]]);
  }
  const byQueue = new Map([[-1, []], ...queueBoxes.map((_, queue) => [queue, []])]);
  const waiting = scene.waiting();
  for (const task of waiting) byQueue.get(task.queue).push(task);
  put(here["n-waiting"], `${waiting.length} ${waiting.length === 1 ? "task" : "tasks"}`);
  queueBoxes.forEach((box, queue) => drawQueue(box, byQueue.get(queue), askedOf, at));
  noQueue.node.hidden = byQueue.get(-1).length === 0;
  drawQueue(noQueue, byQueue.get(-1), askedOf, at);
}

const STATES = ["available", "ringing", "connecting", "talking", "wrapping", "missed", "away", "off"];

function offerState({ status, expires }) {
  if (status === 0) return expires === -1 ? "connecting" : "ringing";
  return status === 1 ? "talking" : "wrapping";
}

// What a worker is called who holds several tasks: talking comes before all else.
const RANK = ["talking", "ringing", "connecting", "wrapping"];

function workerState({ activity, missed }, held) {
  if (held.length) return RANK.find((state) => held.some((offer) => offerState(offer) === state));
  if (activity === -1) return "off";
  if (run.available[activity]) return "available";
  if (missed) return "missed";
  return run.off.includes(activity) ? "off" : "away";
}

function offerTime(offer, at) {
  if (offerState(offer) !== "ringing") return span(at - offer.since);
  return `${span(Math.ceil((offer.expires - at) / 1000) * 1000)} left`;
}

// What stands under a worker's name: a line for one task, one for each of several.
function tileWords(worker, state, held, at) {
  const activity = worker.activity === -1 ? "not there yet" : names.activities[worker.activity];
  if (!held.length) return [state, activity.toLowerCase() === state ? "" : activity];
  if (held.length === 1) return [`${state} ${offerTime(held[0], at)}`, taskName(held[0].task)];
  const lines = held.map((offer) => `${offerState(offer)} ${offerTime(offer, at)}: ${taskName(offer.task)}`);
  return [`${held.length} tasks`, lines.join("\n")];
}

const tiles = names.workers.map((name) => {
  const tile = { words: make("span"), detail: classed("span", "detail"), left: classed("span", "left") };
  const label = make("strong", name);
  label.title = name;
  tile.node = classed("li", "worker");
  tile.node.append(make("i"), label, tile.words, tile.detail, tile.left);
  here.workers.append(tile.node);
  return tile;
});
const tallies = STATES.map((state) => {
  const words = make("span");
  const item = make("li", make("i"), words);
  item.dataset.state = state;
  here.tally.append(item);
  return words;
});

function drawWorkers(scene, at) {
  const held = scene.workers.map(() => []);
  for (const offer of scene.offers.values()) held[offer.worker].push(offer);
  const tally = Object.fromEntries(STATES.map((state) => [state, 0]));
  scene.workers.forEach((worker, number) => {
    const tile = tiles[number];
    const state = workerState(worker, held[number]);
    tally[state] += 1;
    if (tile.node.dataset.state !== state) tile.node.dataset.state = state;
    const [words, detail] = tileWords(worker, state, held[number], at);
    put(tile.words, words);
    put(tile.detail, detail);
    const ringing = held[number].find((offer) => offerState(offer) === "ringing");
    const left = ringing ? Math.max(0, (ringing.expires - at) / (ringing.expires - ringing.since)) : 0;
    tile.left.style.width = `calc((100% - .7rem) * ${left.toFixed(3)})`;
  });
  STATES.forEach((state, place) => put(tallies[place], `${state} ${tally[state]}`));
}

function drawTicker(done) {
  const last = events.slice(Math.max(0, done - MOST_LINES), done).reverse();
  const build = () => make("li", make("time"), make("span"));
  grow(here.ticker, last.length, build).forEach((item, place) => {
    put(item.firstChild, instant(last[place].at));
    put(item.lastChild, sentence(last[place]));
  });
  put(here["n-events"], `${done.toLocaleString("en")} of ${events.length.toLocaleString("en")}`);
}

// ---- the player ----

let scene = new Scene(run);
let done = 0; // events that are in the scene
let now = run.from_ms;
let playing = false;
let drawnAt = 0;
let frameAt = 0;

function fold(count) {
  if (count < done) {
    scene = new Scene(run);
    done = 0;
  }
  while (done < count) scene.apply(events[done++]);
}

// Returns how many events happened up to an instant.
function countUpTo(at) {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function draw() {
  put(here.clock, instant(now));
  here.scrubber.value = String(Math.round(now - run.from_ms));
  here.scrubber.setAttribute("aria-valuetext", instant(now));
  drawCounters(scene, now);
  drawQueues(scene, now);
  drawWorkers(scene, now);
  drawTicker(done);
}

function seek(at) {
  now = Math.min(Math.max(at, run.from_ms), run.to_ms);
  fold(countUpTo(now));
}

function show(at) {
  seek(at);
  draw();
}

// Goes to the instant of an event, with that event as the last one in the scene.
function step(by) {
  pause();
  const count = done + by;
  if (count < 1 || count > events.length) {
    show(by < 0 ? run.from_ms : run.to_ms);
    return;
  }
  fold(count);
  now = events[count - 1].at;
  draw();
  put(here.said, `${instant(now)}: ${sentence(events[count - 1])}`);
}

function frame(time) {
  if (!playing) return;
  const speed = SPEEDS[here.speed.value];
  seek(now + (time - frameAt) * speed);
  frameAt = time;
  if (now >= run.to_ms) pause();
  // Who wants little motion sees a picture a second.
  else if (time - drawnAt >= (calm.matches ? 1000 : 50)) {
    draw();
    drawnAt = time;
  }
  requestAnimationFrame(frame);
}

function play() {
  if (now >= run.to_ms) seek(run.from_ms);
  playing = true;
  put(here.play, "❚❚ Pause");
  frameAt = performance.now();
  requestAnimationFrame(frame);
}

function pause() {
  playing = false;
  put(here.play, "▶ Play");
  draw();
}

const toggle = () => (playing ? pause() : play());

function setSpeed(place) {
  here.speed.value = String(Math.min(Math.max(place, 0), SPEEDS.length - 1));
  const text = `${SPEEDS[here.speed.value].toLocaleString("en")}×`;
  put(here["speed-text"], text);
  here.speed.setAttribute("aria-valuetext", text);
}

// Reads what stands behind # in the address, such as t=3600&paused or t=0&play&speed=100.
function followLink() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const speed = SPEEDS.findLastIndex((one) => one <= Number(wanted.get("speed") ?? 0));
  if (speed >= 0) setSpeed(speed);
  const at = Number(wanted.get("t") ?? NaN) * 1000;
  if (Number.isFinite(at)) show(at);
  if (wanted.has("play")) play();
  if (wanted.has("paused")) pause();
}

const jump = (by) => show(now + (by * (run.to_ms - run.from_ms)) / 100);
const KEYS = {
  " ": toggle,
  ArrowLeft: (event) => (event.shiftKey ? jump(-1) : step(-1)),
  ArrowRight: (event) => (event.shiftKey ? jump(1) : step(1)),
  "+": () => setSpeed(Number(here.speed.value) + 1),
  "-": () => setSpeed(Number(here.speed.value) - 1),
};

document.addEventListener("keydown", (event) => {
  if (!(event.key in KEYS) || event.ctrlKey || event.altKey || event.metaKey) return;
  // Buttons know the space bar themselves, and the slider of the speed its arrows.
  if (event.key === " " && event.target.closest("button, summary")) return;
  if (event.target === here.speed && event.key.startsWith("Arrow")) return;
  event.preventDefault();
  KEYS[event.key](event);
});
here.play.addEventListener("click", toggle);
here.back.addEventListener("click", () => step(-1));
here.next.addEventListener("click", () => step(1));
here.speed.addEventListener("input", () => setSpeed(Number(here.speed.value)));
here.scrubber.addEventListener("input", () => show(run.from_ms + Number(here.scrubber.value)));
window.addEventListener("hashchange", followLink);

here.scrubber.max = String(run.to_ms - run.from_ms);
put(here.begin, instant(run.from_ms));
put(here.end, instant(run.to_ms));
put(here.remarks, run.remarks.join(" "));
here.remarks.hidden = run.remarks.length === 0;
setSpeed(SPEEDS.indexOf(100));
show(run.from_ms);
followLink();
