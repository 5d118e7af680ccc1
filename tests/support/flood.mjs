// Sends large bodies, whatever is answered: `node flood.mjs <port> <megabytes>`, attacks as JSON on standard input, one
// status each as JSON on standard output. A process of its own, so that its work is not that of whoever measures.
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';

const [port, megabytes] = process.argv.slice(2).map(Number);
const MB = 2 ** 20;

/** Pieces of a megabyte: what a parser would have most work with. */
const PIECES = {
  brackets: ['application/json', '['.repeat(MB)],
  json: ['application/json', '{"a":{},"b":[],'.repeat(MB / 15 + 1).slice(0, MB)],
  form: ['application/x-www-form-urlencoded', 'a=b&csrfToken=c&'.repeat(MB / 16)],
  multipart: [
    'multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="1_$ACTION_ID"\r\n\r\nb\r\n'
      .repeat(MB / 64 + 1)
      .slice(0, MB),
  ],
};

const attacks = await json(process.stdin);
const statuses = [];
for (const attack of attacks) statuses.push(await carryOut(attack));
process.stdout.write(JSON.stringify(statuses));

/** Resolves with the status that was answered; 0 if the connection broke before there was one. */
function carryOut({ method, path, kind, isChunked, headers }) {
  const [contentType, text] = PIECES[kind];
  const piece = Buffer.from(text);
  const framed = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
  const length = isChunked ? 'transfer-encoding: chunked' : `content-length: ${megabytes * piece.length}`;
  return new Promise((resolve) => {
    let answer = '';
    let left = megabytes;
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('latin1').on('data', (data) => (answer += data));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0)));
    const send = () => {
      while (left > 0) {
        left -= 1;
        if (!socket.write(isChunked ? framed : piece)) return;
      }
      socket.off('drain', send);
      socket.end(isChunked ? '0\r\n\r\n' : undefined);
    };
    socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: gateway\r\ncontent-type: ${contentType}\r\n${length}\r\n${headers}\r\n`,
    );
    socket.on('drain', send);
    send();
  });
}
