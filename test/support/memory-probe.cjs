// Preloaded into a gateway process whose memory is measured: on request it collects garbage and answers over IPC what it holds.
process.on('message', (message) => {
  if (message !== 'memory') return;
  for (let pass = 0; pass < 3; pass += 1) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send({ rssMb: rss / 1048576, heapMb: heapUsed / 1048576, externalMb: external / 1048576 });
});
process.channel?.unref();
