CREATE INDEX "RequestLog_requestId_id_idx" ON "RequestLog"("requestId", "id");
CREATE INDEX "ErrorLog_requestId_id_idx" ON "ErrorLog"("requestId", "id");
