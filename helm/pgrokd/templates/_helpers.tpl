{{- define "pgrokd.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "pgrokd.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "pgrokd.labels" -}}
{{ include "pgrokd.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: pgrok
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "pgrokd.serviceAccountName" -}}
{{- default (ternary (include "pgrokd.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "pgrokd.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- /* Checked here and not in the schema, whose messages cannot say what to write. */ -}}
{{- define "pgrokd.domain" -}}
{{- $domain := required "\n\ndomain is missing: tunnels get their names below it. Write for example --set domain=tunnels.example.com\n" .Values.domain -}}
{{- if not (regexMatch "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$" $domain) -}}
{{- fail (printf "\n\ndomain must be a bare lower-case DNS name such as tunnels.example.com, without scheme, port or wildcard; it is '%s'\n" $domain) -}}
{{- end -}}
{{- $domain -}}
{{- end -}}

{{- define "pgrokd.publicHost" -}}
{{- include "pgrokd.domain" . }}{{ with .Values.publicPort }}:{{ . }}{{ end -}}
{{- end -}}

{{- /* The Secret with a certificate that somebody else takes care of; empty where pgrokd makes its own. */ -}}
{{- define "pgrokd.tlsSecret" -}}
{{- if not .Values.tls.certManager.enabled -}}
{{ .Values.tls.existingSecret }}
{{- else if .Values.tls.existingSecret -}}
{{- fail "\n\ntls.existingSecret and tls.certManager.enabled are both set: there is one certificate. Leave out one of them.\n" -}}
{{- else -}}
{{ include "pgrokd.fullname" . }}-tls
{{- end -}}
{{- end -}}

{{- define "pgrokd.address" -}}
{{- if .Values.connection.address -}}
{{ .Values.connection.address }}
{{- else if include "pgrokd.tlsSecret" . -}}
{{ include "pgrokd.domain" . }}:4443
{{- else -}}
{{ include "pgrokd.fullname" . }}.{{ .Release.Namespace }}.svc:4443
{{- end -}}
{{- end -}}

{{- define "pgrokd.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
