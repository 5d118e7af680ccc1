import { answerAuth } from '@/lib/runtime/auth-route';

export const dynamic = 'force-dynamic';
export { answerAuth as GET, answerAuth as POST };
