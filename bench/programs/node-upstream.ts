// A provider in a process of its own: `node-upstream.ts <port>`. Below /v1 all is well; below /faulty/v1 1 % of the
// requests fail before their first event. A streamed chat sends events at its model's pace while its client stays.
import { createServer, type ServerResponse } from 'node:http';
import { CHAT_ANSWER, embeddingAnswer, EVENTS_PER_SECOND, SENT_AT } from '../traffic';

const FAULTS_EVERY = 100;
/** A client that leaves so much unread has gone without a word. */
const UNREAD_BYTES_MAX = 256 * 1_024;

const embedding = Buffer.from(embeddingAnswer());
const chat = Buffer.from(CHAT_ANSWER);
let faulty = 0;

function json(res: ServerResponse, status: number, body: Buffer): void {
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  res.end(body);
}

function stream(res: ServerResponse, body: Buffer): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  sendEvent(res);
  const timer = setInterval(() => sendEvent(res), 1_000 / eventsPerSecond(body));
  res.on('close', () => clearInterval(timer));
}

/** Gateways write bodies anew: the model may stand anywhere in them. */
function eventsPerSecond(body: Buffer): number {
  const models = Object.entries(EVENTS_PER_SECOND);
  return models.find(([model]) => body.includes(`"${model}"`))?.[1] ?? EVENTS_PER_SECOND['gpt-4o'];
}

/** Each event says when it was sent. */
function sendEvent(res: ServerResponse): void {
  if (res.writableLength > UNREAD_BYTES_MAX) return void res.destroy();
  const sentAt = performance.timeOrigin + performance.now();
  res.write(
    `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1732460000,"model":"gpt-4o",` +
      `"choices":[{"index":0,"delta":{"content":" ${SENT_AT}${sentAt.toFixed(3)}"},"finish_reason":null}]}\n\n`,
  );
}

createServer((req, res) => {
  const pieces: Buffer[] = [];
  req.on('data', (piece: Buffer) => pieces.push(piece));
  req.on('end', () => {
    const path = req.url ?? '/';
    if (path.startsWith('/faulty/') && (faulty = (faulty + 1) % FAULTS_EVERY) === 0) {
      json(res, 500, Buffer.from('{"error":{"message":"boom","type":"server_error"}}'));
    } else if (path.includes('/streams/')) stream(res, Buffer.concat(pieces));
    else json(res, 200, path.endsWith('/embeddings') ? embedding : chat);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
