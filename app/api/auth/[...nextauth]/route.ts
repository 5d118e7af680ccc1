import { answerAuth } from '@/lib/runtime/routes/auth-route';

export const dynamic = 'force-dynamic';
export { answerAuth as GET, answerAuth as POST };
