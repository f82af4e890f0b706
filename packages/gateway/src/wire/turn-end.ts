let tasks: (() => void)[] = []

/**
 * Does a task when everything that is ready now has been read: what came in small pieces goes on in large ones. One immediate serves all
 * tasks of a turn.
 */
export function atTurnEnd(task: () => void): void {
  if (tasks.length === 0) setImmediate(runTasks)
  tasks.push(task)
}

function runTasks(): void {
  const due = tasks
  tasks = []
  for (const task of due) task()
}
