{{- define "openai-balance.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "openai-balance.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "openai-balance.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "openai-balance.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "openai-balance.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: openai-balance
{{- end -}}

{{/* What tells the pods of one part (gateway, postgresql, valkey) of one release. */}}
{{- define "openai-balance.selector" -}}
app.kubernetes.io/name: {{ include "openai-balance.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "openai-balance.hasPostgresql" -}}
{{- if and .Values.postgresql.enabled (eq .Values.database.type "postgres") -}}yes{{- end -}}
{{- end -}}

{{- define "openai-balance.hasValkey" -}}
{{- if and .Values.valkey.enabled (gt (int .Values.replicaCount) 1) -}}yes{{- end -}}
{{- end -}}

{{/* Longer than draining and stopping take together; writing everything down takes up to six seconds more. */}}
{{- define "openai-balance.graceSeconds" -}}
{{- $drain := 5 -}}
{{- if hasKey .Values.settings "DRAIN_SECONDS" -}}
{{- $drain = int (toString (get .Values.settings "DRAIN_SECONDS")) -}}
{{- end -}}
{{- $stop := 30 -}}
{{- if hasKey .Values.settings "SHUTDOWN_TIMEOUT" -}}
{{- $stop = int (toString (get .Values.settings "SHUTDOWN_TIMEOUT")) -}}
{{- end -}}
{{- add $drain $stop 15 -}}
{{- end -}}

{{/* Values that cannot work together, in words. */}}
{{- define "openai-balance.check" -}}
{{- if and (eq .Values.database.type "sqlite") (gt (int .Values.replicaCount) 1) -}}
{{- fail "SQLite belongs to one instance: set replicaCount to 1, or database.type to postgres or mysql" -}}
{{- end -}}
{{- if hasKey .Values.settings "DATABASE_TYPE" -}}
{{- fail "set database.type instead of settings.DATABASE_TYPE" -}}
{{- end -}}
{{- if not .Values.existingSecret -}}
{{- $_ := required "secrets.AUTH_TOKEN has to be set: it opens the dashboard" .Values.secrets.AUTH_TOKEN -}}
{{- $_ := required "secrets.ENCRYPTION_KEY has to be set, to the same as long as the installation lives" .Values.secrets.ENCRYPTION_KEY -}}
{{- end -}}
{{- if include "openai-balance.hasPostgresql" . -}}
{{- $_ := required "postgresql.password has to be set" .Values.postgresql.password -}}
{{- end -}}
{{- if include "openai-balance.hasValkey" . -}}
{{- $_ := required "valkey.password has to be set" .Values.valkey.password -}}
{{- end -}}
{{- if and (eq .Values.database.type "postgres") (not .Values.postgresql.enabled) (not .Values.existingSecret) -}}
{{- if not (or .Values.secrets.DATABASE_URL .Values.settings.POSTGRES_HOST) -}}
{{- fail "without a PostgreSQL of this chart, secrets.DATABASE_URL or settings.POSTGRES_HOST has to be set" -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.database.type "mysql") (not .Values.existingSecret) (not (or .Values.settings.MYSQL_HOST .Values.secrets.MYSQL_HOST)) -}}
{{- fail "with MySQL settings.MYSQL_HOST has to be set" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (not .Values.existingSecret) -}}
{{- $_ := required "with serviceMonitor.enabled secrets.METRICS_TOKEN has to be set" .Values.secrets.METRICS_TOKEN -}}
{{- end -}}
{{- end -}}

{{/* Of every container: not root, nothing to gain, nothing to write. */}}
{{- define "openai-balance.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{- define "openai-balance.storageClass" -}}
{{- if . }}
storageClassName: {{ . | quote }}
{{- end }}
{{- end -}}
