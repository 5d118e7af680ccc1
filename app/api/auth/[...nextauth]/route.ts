import { answerAuth } from '@/lib/http/admin/auth-route';

export const dynamic = 'force-dynamic';
export { answerAuth as GET, answerAuth as POST };
