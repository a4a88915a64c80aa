"""Which target, which task, which worker: TaskRouter's workflows, queues and expressions."""
