{{- /* <release>: a release that is itself called pgrok-operator does not get the word twice. */ -}}
{{- define "pgrok.base" -}}
{{- default .Release.Name .Values.fullnameOverride | trimSuffix "-operator" | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "pgrok.operator" -}}{{ include "pgrok.base" . }}-operator{{- end -}}
{{- define "pgrok.agent" -}}{{ include "pgrok.base" . }}-agent{{- end -}}

{{/* The shared agent's Secrets, by commas: its sessions, and sixteen with its tunnels: what changes is written as a whole. */}}
{{- define "pgrok.agent.secrets" -}}
{{- $name := include "pgrok.agent" . -}}
{{- $name }}{{ range until 16 }},{{ $name }}-{{ . }}{{ end -}}
{{- end -}}

{{- define "pgrok.serviceAccountName" -}}
{{- default (ternary (include "pgrok.operator" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "pgrok.commonLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: pgrok
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "pgrok.operator.selectorLabels" -}}
app.kubernetes.io/name: pgrok-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "pgrok.agent.selectorLabels" -}}
app.kubernetes.io/name: pgrok-agent
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* Takes (dict "root" $ "image" .Values.….image). */ -}}
{{- define "pgrok.image" -}}
{{- with .root.Values.global.imageRegistry }}{{ . }}/{{ end -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ default .root.Chart.AppVersion .image.tag }}
{{- end -}}
{{- end -}}

{{- define "pgrok.imagePullSecrets" -}}
{{- with concat .Values.global.imagePullSecrets .Values.imagePullSecrets -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{- /* The pod of `helm test`, which a NetworkPolicy has to let through. */ -}}
{{- define "pgrok.check.labels" -}}
app.kubernetes.io/component: check
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* Where pods of operator or agent may run; takes .Values.operator or .Values.agent. */ -}}
{{- define "pgrok.scheduling" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
