/** A client, how it is installed, and the program that uses it. */
export interface Client {
  readonly name: string;
  readonly kind: 'node' | 'python' | 'go';
  /** As its package manager takes them, each at one version. The first is the client itself. */
  readonly packages: readonly string[];
  /** In the folder `clients`. */
  readonly program: string;
  readonly tried: string;
  /** Requests that it must have made over WebSocket. */
  readonly sockets?: number;
}

const EVERYTHING =
  'chat, streaming, responses, files, uploads in parts of 64 MiB, responses and realtime over WebSocket';

/** All clients that are tried, in the order of the page. */
export const CLIENTS: readonly Client[] = [
  {
    name: 'openai for Python',
    kind: 'python',
    packages: ['openai[realtime]==3.57.0'],
    program: 'openai.py',
    tried: EVERYTHING,
    sockets: 2,
  },
  {
    name: 'openai for Node.js',
    kind: 'node',
    packages: ['openai@7.59.0', 'ws@8.23.0'],
    program: 'openai.mjs',
    tried: EVERYTHING,
    sockets: 2,
  },
  {
    name: 'openai for Go',
    kind: 'go',
    packages: ['github.com/openai/openai-go/v3@v3.99.0'],
    program: 'openai.go',
    tried: 'chat, streaming, responses',
  },
  {
    name: 'Codex CLI',
    kind: 'node',
    packages: ['@openai/codex@0.171.0'],
    program: 'codex.mjs',
    tried: 'a prompt with its built-in provider, over WebSocket at the first try',
    sockets: 1,
  },
  {
    name: 'Vercel AI SDK',
    kind: 'node',
    packages: ['@ai-sdk/openai@4.0.118', 'ai@7.0.173', 'zod@4.6.7'],
    program: 'ai-sdk.mjs',
    tried: 'text and streams over responses and chat, a tool call',
  },
  {
    name: 'LangChain for JavaScript',
    kind: 'node',
    packages: ['@langchain/openai@1.6.0', '@langchain/core@1'],
    program: 'langchain.mjs',
    tried: 'chat, streaming, embeddings',
  },
  {
    name: 'LangChain for Python',
    kind: 'python',
    packages: ['langchain-openai==1.7.4'],
    program: 'langchain.py',
    tried: 'chat, streaming, a tool call',
  },
  {
    name: 'LlamaIndex',
    kind: 'python',
    packages: ['llama-index-llms-openai==0.8.3'],
    program: 'llama-index.py',
    tried: 'a completion, chat, streaming',
  },
  {
    name: 'LiteLLM',
    kind: 'python',
    packages: ['litellm==1.110.2'],
    program: 'litellm.py',
    tried: 'chat, streaming, responses',
  },
  {
    name: 'pydantic-ai',
    kind: 'python',
    packages: ['pydantic-ai-slim[openai]==2.68.0'],
    program: 'pydantic-ai.py',
    tried: 'agents over chat and responses, streaming, a tool call',
  },
  {
    name: 'instructor',
    kind: 'python',
    packages: ['instructor==1.17.0'],
    program: 'instructor.py',
    tried: 'an object by a tool call',
  },
  {
    name: 'llm',
    kind: 'python',
    packages: ['llm==0.36'],
    program: 'llm.py',
    tried: 'its command, streaming and not',
  },
  {
    name: 'aider',
    kind: 'python',
    packages: ['aider-chat==0.86.2'],
    program: 'aider.py',
    tried: 'its command, streaming and not',
  },
];
