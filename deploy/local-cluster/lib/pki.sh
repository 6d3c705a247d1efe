# Sourced. The cluster's certificates and the kubeconfigs that carry them, made by openssl.

PKI_DAYS=3650

make_ca() {
  openssl ecparam -name prime256v1 -genkey -noout -out ca.key
  openssl req -x509 -new -key ca.key -days $PKI_DAYS -subj "/CN=$INSTANCE-ca" \
    -addext "keyUsage=critical,keyCertSign,cRLSign,digitalSignature" -out ca.crt
}

issue() { # <file name> <subject> <extendedKeyUsage> [subjectAltName]
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -new -key "$1.key" -subj "$2" |
    openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days $PKI_DAYS -out "$1.crt" -extfile <(
      echo "extendedKeyUsage=$3"
      echo "keyUsage=critical,digitalSignature"
      [ -z "${4-}" ] || echo "subjectAltName=$4"
    ) 2>/dev/null
}

write_kubeconfig() { # <certificate name> <file>
  cat >"$2" <<YAML
apiVersion: v1
kind: Config
clusters:
  - name: $INSTANCE
    cluster:
      server: https://$NODE_IP:6443
      certificate-authority-data: $(base64 -w0 ca.crt)
users:
  - name: $1
    user:
      client-certificate-data: $(base64 -w0 "$1.crt")
      client-key-data: $(base64 -w0 "$1.key")
contexts:
  - name: $INSTANCE
    context: {cluster: $INSTANCE, user: $1}
current-context: $INSTANCE
YAML
}

# Certificates, the service account key and a kubeconfig for each component and for the person.
make_pki() {
  (
    umask 077
    mkdir -p "$RUN/pki"
    cd "$RUN/pki"
    make_ca
    issue apiserver /CN=kube-apiserver serverAuth \
      "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:$API_SERVICE_IP,IP:$NODE_IP"
    issue kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
    issue admin /O=system:masters/CN=admin clientAuth
    issue controller-manager /CN=system:kube-controller-manager clientAuth
    issue scheduler /CN=system:kube-scheduler clientAuth
    issue proxy /CN=system:kube-proxy clientAuth
    issue coredns /CN=coredns clientAuth
    issue kubelet "/O=system:nodes/CN=system:node:$NODE_NAME" clientAuth
    openssl ecparam -name prime256v1 -genkey -noout -out service-account.key
    openssl ec -in service-account.key -pubout -out service-account.pub 2>/dev/null
    local component
    for component in controller-manager scheduler proxy coredns kubelet; do
      write_kubeconfig "$component" "$component.kubeconfig"
    done
    write_kubeconfig admin "$KUBECONFIG_FILE"
  )
}
