// A provider in a process of its own: `node-upstream.ts <port>`. Below /v1 all is well; below /faulty/v1 1 % of the
// requests fail before their first event. A streamed chat sends 20 events a second for as long as its client stays.
import { createServer, type ServerResponse } from 'node:http';
import { CHAT_ANSWER, embeddingAnswer } from '../traffic';

const EVERY_MS = 1_000 / 20;
const FAULTS_EVERY = 100;

const embedding = Buffer.from(embeddingAnswer());
const chat = Buffer.from(CHAT_ANSWER);
let faulty = 0;

function json(res: ServerResponse, status: number, body: Buffer): void {
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  res.end(body);
}

function stream(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  sendEvent(res);
  const timer = setInterval(() => sendEvent(res), EVERY_MS);
  res.on('close', () => clearInterval(timer));
}

/** Each event says when it was sent. */
function sendEvent(res: ServerResponse): void {
  const sentAt = performance.timeOrigin + performance.now();
  res.write(
    `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1732460000,"model":"gpt-4o-mini",` +
      `"sent":${sentAt.toFixed(3)},"choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}]}\n\n`,
  );
}

createServer((req, res) => {
  req.resume();
  req.on('end', () => {
    const path = req.url ?? '/';
    if (path.startsWith('/faulty/') && (faulty = (faulty + 1) % FAULTS_EVERY) === 0) {
      json(res, 500, Buffer.from('{"error":{"message":"boom","type":"server_error"}}'));
    } else if (path.includes('/streams/')) stream(res);
    else json(res, 200, path.endsWith('/embeddings') ? embedding : chat);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
