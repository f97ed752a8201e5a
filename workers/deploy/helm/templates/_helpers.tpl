{{/* The name of a worker's objects. Of: (list . "engine") */}}
{{- define "frontdesk.name" -}}
{{- printf "%s-%s" ((index . 0).Release.Name | trunc 50 | trimSuffix "-") (index . 1) -}}
{{- end }}

{{/* The labels that select a worker's pods. Of: (list . "engine") */}}
{{- define "frontdesk.selector" -}}
app.kubernetes.io/name: frontdesk
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "frontdesk.labels" -}}
{{ include "frontdesk.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (index . 0).Chart.Name (index . 0).Chart.Version }}
{{- end }}

{{- define "frontdesk.secret" -}}
{{- .Values.secrets.existing | default (include "frontdesk.name" (list . "secrets")) -}}
{{- end }}

{{/* The secret settings of a worker, with spaces between: those without which it does not start, and the others. */}}
{{- define "frontdesk.needed" -}}
{{- if eq . "gateway" -}}
NATS_URL_WIDGET NATS_URL_WORKSPACE NATS_URL_ADMINISTRATION NATS_URL_IDENTITY NATS_URL_INSPECTOR
{{- else if eq . "mailer" -}}
NATS_URL FRONTDESK_SMTP_URL
{{- else -}}
NATS_URL
{{- end -}}
{{- end }}

{{- define "frontdesk.optional" -}}
{{- if eq . "gateway" -}}
AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY FRONTDESK_FILE_SCANNER
{{- else if eq . "notifier" -}}
AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
{{- end -}}
{{- end }}
