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
{{- with .Values.global.imageRegistry }}{{ . }}/{{ end -}}
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

{{- define "pgrokd.imagePullSecrets" -}}
{{- with concat .Values.global.imagePullSecrets .Values.imagePullSecrets -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{- /* What a Service says about its addresses; takes .Values.service or .Values.tunnelService. */ -}}
{{- define "pgrokd.serviceAddresses" -}}
type: {{ .type }}
{{- if eq .type "LoadBalancer" }}
{{- with .loadBalancerClass }}
loadBalancerClass: {{ . }}
{{- end }}
{{- with .loadBalancerSourceRanges }}
loadBalancerSourceRanges:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- if ne .type "ClusterIP" }}
{{- with .externalTrafficPolicy }}
externalTrafficPolicy: {{ . }}
{{- end }}
{{- end }}
{{- with .ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .ipFamilies }}
ipFamilies:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* The container that makes tokens, keys and certificate; its name is its user's affair. */ -}}
{{- define "pgrokd.initSecret" -}}
{{- $name := include "pgrokd.fullname" . -}}
image: {{ include "pgrokd.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args:
  - init-secret
  - --domain={{ include "pgrokd.domain" . }}
  - {{ printf "--address=%s" (include "pgrokd.address" .) | quote }}
  - --secret={{ $name }}
  - --accepted-secret={{ $name }}-accepted
  - --connection-secret={{ $name }}-connection
  - --owner-deployment={{ $name }}
  - --directory=/run/pgrokd
  {{- if include "pgrokd.tlsSecret" . }}
  - --tls-directory=/etc/pgrokd/tls
  {{- else }}
  - --name={{ $name }}
  - --name={{ $name }}.{{ .Release.Namespace }}
  - --name={{ $name }}.{{ .Release.Namespace }}.svc
  - --name={{ $name }}.{{ .Release.Namespace }}.svc.cluster.local
  {{- range .Values.tls.extraNames }}
  - {{ printf "--name=%s" . | quote }}
  {{- end }}
  {{- end }}
  {{- if .Values.auth.existingSecret }}
  - --token-file=/etc/pgrokd/token/token
  {{- end }}
  {{- if .newSigningKey }}
  - --new-signing-key
  {{- end }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - name: run
    mountPath: /run/pgrokd
  - name: tmp
    mountPath: /tmp
  - name: api
    mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    readOnly: true
  {{- if include "pgrokd.tlsSecret" . }}
  - name: tls
    mountPath: /etc/pgrokd/tls
    readOnly: true
  {{- end }}
  {{- if .Values.auth.existingSecret }}
  - name: token
    mountPath: /etc/pgrokd/token
    readOnly: true
  {{- end }}
{{- end -}}

{{- define "pgrokd.initSecretVolumes" -}}
# Keys: in memory, gone with the pod.
- name: run
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
- name: api
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3600
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- if include "pgrokd.tlsSecret" . }}
- name: tls
  secret:
    secretName: {{ include "pgrokd.tlsSecret" . }}
{{- end }}
{{- if .Values.auth.existingSecret }}
- name: token
  secret:
    secretName: {{ .Values.auth.existingSecret }}
    items:
      - key: token
        path: token
{{- end }}
{{- end -}}
