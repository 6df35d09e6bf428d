{{/* The password that is there already, or a new one. */}}
{{- define "sessions.password" -}}
{{- $found := lookup "v1" "Secret" .Release.Namespace .Release.Name -}}
{{- if $found -}}
{{ index $found.data "password" | b64dec }}
{{- else -}}
{{ randAlphaNum 24 }}
{{- end -}}
{{- end -}}

{{/* A question that is built at run time. */}}
{{- define "sessions.budgetVersion" -}}
{{- range $version := list "v1" "v1beta1" -}}
{{- if $.Capabilities.APIVersions.Has (printf "policy/%s/PodDisruptionBudget" $version) -}}
policy/{{ $version }} {{/* the first that is served */}}
{{- break -}}
{{- end -}}
{{- end -}}
{{- end -}}
