// Preloaded into every measured process: answers over IPC how much CPU time and memory the process has used.
process.on('message', (message) => {
  if (message === 'usage') {
    const { user, system } = process.cpuUsage();
    process.send({ cpuMs: (user + system) / 1000, rssMb: process.memoryUsage().rss / 1048576 });
  }
});
process.channel?.unref();
