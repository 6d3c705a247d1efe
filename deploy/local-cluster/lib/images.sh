# Sourced. Images come as tars, since no registry is needed.

node_ctr() { in_node ctr --address "$RUN/containerd.sock" --namespace k8s.io "$@"; }

load_images() { # <tar>…
  local tar stamp
  mkdir -p "$RUN/images"
  for tar in "$@"; do
    [ -f "$tar" ] || die "no image tar at $tar"
    stamp=$RUN/images/$(sha256sum "$tar" | cut -d ' ' -f 1)
    if [ ! -f "$stamp" ]; then
      node_ctr images import --no-unpack=false "$(realpath "$tar")" >"$RUN/logs/import.log" 2>&1 ||
        die "importing $tar failed: $(tail -n 1 "$RUN/logs/import.log")"
      touch "$stamp"
    fi
  done
}
