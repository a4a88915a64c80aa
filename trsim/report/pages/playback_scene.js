"use strict";
// The part without a page: decodes the events and folds them to a scene. What each kind of event
// does is data, in run.kinds.

// Returns the events in order, with absolute times and numbers, and what is known of every task.
function decode(run) {
  const newest = { task: run.opening.newest[0], offer: run.opening.newest[1] };
  const tasks = new Map(run.opening.tasks.map((t) => [t[0], { stream: t[2], number: t[3] }]));
  const offers = new Map(run.opening.offers.map((o) => [o[0], { task: o[1], worker: o[2] }]));
  const events = [];
  let at = run.from_ms;
  for (let i = 0; i < run.events.length; ) {
    at += run.events[i++];
    const kind = run.kinds[run.events[i++]];
    const event = { at, kind };
    if (kind.makes) event[kind.makes] = ++newest[kind.makes];
    for (const field of kind.fields) {
      const value = run.events[i++];
      event[field] = field in newest ? newest[field] - value : value;
    }
    if (kind.makes === "task") tasks.set(event.task, { stream: event.stream, number: event.number });
    if (kind.makes === "offer") offers.set(event.offer, { task: event.task, worker: event.worker });
    // What is said of an offer is said of its task and its worker.
    else if ("offer" in event) Object.assign(event, offers.get(event.offer));
    events.push(event);
  }
  return { events, tasks };
}

class Scene {
  constructor(run) {
    const opening = run.opening;
    this.run = run;
    this.tasks = new Map();
    for (const [number, created, , , channel, priority, queue, worker, status] of opening.tasks) {
      this.tasks.set(number, { created, channel, priority, queue, worker, status });
    }
    this.offers = new Map();
    for (const [number, task, worker, status, since, expires] of opening.offers) {
      this.offers.set(number, { task, worker, status, since, expires });
    }
    this.workers = opening.workers.map(([activity, missed]) => ({ activity, missed: missed === 1 }));
    this.counts = { ...opening.counts };
    this.counted = { ...opening.counted };
    this.soon = { ...opening.soon };
  }

  apply(event) {
    const { at, kind } = event;
    if (kind.makes === "task") {
      const { channel, priority, queue = -1, worker = -1 } = event;
      this.tasks.set(event.task, { created: at, channel, priority, queue, worker, status: 0 });
    } else if (kind.makes === "offer") {
      const { task, worker, limit } = event;
      this.offers.set(event.offer, { task, worker, status: -1, since: at, expires: at + limit });
    } else if ("activity" in event) {
      this.workers[event.worker] = { activity: event.activity, missed: kind.missed };
    }
    const task = this.tasks.get(event.task);
    if (kind.counts) this.count(kind.counts, at, task);
    if (task) this.changeTask(event, task);
    if ("offer" in event) this.changeOffer(event, this.offers.get(event.offer));
  }

  count(name, at, task) {
    const up = (counters) => { counters[name] = (counters[name] || 0) + 1; };
    up(this.counts);
    if (!task || task.created < this.run.warm_up_ms) return;
    up(this.counted);
    if (at - task.created <= this.run.threshold_ms) up(this.soon);
  }

  changeTask(event, task) {
    if ("queue" in event) task.queue = event.queue;
    if ("priority" in event) task.priority = event.priority;
    const status = "status" in event ? event.status : event.kind.task_status;
    if (status !== -1) task.status = status;
    if (!this.run.live.task.includes(task.status)) this.tasks.delete(event.task);
  }

  changeOffer(event, offer) {
    if (event.kind.stops_timer) offer.expires = -1;
    if (event.kind.offer_status !== -1) {
      offer.status = event.kind.offer_status;
      offer.since = event.at;
    }
    if (!this.run.live.offer.includes(offer.status)) this.offers.delete(event.offer);
  }

  // Tasks that wait, ringing included, at an instant.
  waiting() {
    return [...this.tasks].filter(([, task]) => task.status < 2).map(([number, t]) => ({ number, ...t }));
  }

  // The service level so far, as if the run ended at this instant; null while it has no figure.
  serviceLevel(at) {
    const { warm_up_ms: warmUp, threshold_ms: threshold, service_level: [definition] } = this.run;
    const undecided = this.waiting().filter(
      (task) => task.created >= warmUp && at - task.created <= threshold,
    ).length;
    const offered = (this.counted.offered || 0) - undecided;
    const inTime = this.soon.answered || 0;
    const short = this.soon.abandoned || 0;
    const [above, below] = {
      offered: [inTime, offered],
      answered: [inTime, this.counted.answered || 0],
      excluding_short: [inTime, offered - short],
      including_short: [inTime + short, offered],
    }[definition];
    return below > 0 ? above / below : null;
  }
}
