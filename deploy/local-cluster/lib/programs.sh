# Sourced. Which program comes from which pinned Go module, and where its build lies in the cache.
# The sourcing script defines `die`.

MODULES_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PGROK_CACHE=${PGROK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pgrok}

# In the order in which they are built: the first one compiles most of what the others share.
ALL_PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl etcd coredns helm)

# Built only when asked for by name: Flux, for the test of deploy/previews/flux, and what it judges a status by; what
# the charts are tested with.
MORE_PROGRAMS=(source-controller kustomize-controller kstatus helm-unittest kubeconform)

module_of() { # <program>
  case $1 in
    kube-apiserver | kube-controller-manager | kube-scheduler | kubelet | kube-proxy | kubectl) echo kubernetes ;;
    etcd | coredns | helm | kstatus | helm-unittest | kubeconform) echo "$1" ;;
    source-controller | kustomize-controller) echo flux ;;
    *)
      echo "unknown program '$1'; known are: ${ALL_PROGRAMS[*]} ${MORE_PROGRAMS[*]}" >&2
      return 1
      ;;
  esac
}

package_of() { # <program>: the import path of its main package
  case $1 in
    etcd) echo go.etcd.io/etcd/server/v3 ;;
    helm) echo helm.sh/helm/v3/cmd/helm ;;
    coredns | kstatus) echo . ;;
    helm-unittest) echo github.com/helm-unittest/helm-unittest/cmd/helm-unittest ;;
    kubeconform) echo github.com/yannh/kubeconform/cmd/kubeconform ;;
    source-controller | kustomize-controller) echo "github.com/fluxcd/$1" ;;
    *) echo "k8s.io/kubernetes/cmd/$1" ;;
  esac
}

module_version() { # <module>: as its go.mod pins it, such as v1.34.4
  sed -n 's/^require [^ ]* \(v[^ ]*\).*/\1/p' "$MODULES_DIR/$1/go.mod" | head -n 1
}

# Without a version Kubernetes programs misbehave: clients refuse v0.0.0 and the kubelet reports it.
# Helm, without one of Kubernetes, renders templates as for 1.20, and so does helm-unittest.
linker_flags() { # <module>
  local version kubernetes minor package flags="-s -w"
  version=$(module_version "$1")
  kubernetes=$(module_version kubernetes)
  minor=${kubernetes#v1.}
  minor=${minor%%.*}
  case $1 in
    kubernetes)
      for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
        flags+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$minor"
        flags+=" -X $package.gitTreeState=clean"
      done
      ;;
    helm | helm-unittest)
      [ "$1" != helm ] || flags+=" -X helm.sh/helm/v3/internal/version.version=$version"
      for package in helm.sh/helm/v3/pkg/chartutil helm.sh/helm/v3/pkg/lint/rules; do
        flags+=" -X $package.k8sVersionMajor=1 -X $package.k8sVersionMinor=$minor"
      done
      ;;
  esac
  echo "$flags"
}

sha256() { # of standard input
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -c 1-64
}

# The folder of a module's programs, named after everything that its build depends on.
module_bin() { # <module>
  local key
  key=$({ cat "$MODULES_DIR/$1"/go.mod "$MODULES_DIR/$1"/go.sum "$MODULES_DIR/$1"/*.go && linker_flags "$1"; } | sha256)
  echo "$PGROK_CACHE/programs/$1-$(module_version "$1")-${key:0:12}"
}

program_path() { # <program>
  echo "$(module_bin "$(module_of "$1")")/$1"
}

check_go() { # <module>…: the newest Go that one of them asks for
  local wanted have
  wanted=$(for module in "$@"; do sed -n 's/^go //p' "$MODULES_DIR/$module/go.mod"; done | sort -V | tail -n 1)
  command -v go >/dev/null || die "no 'go' on the PATH. Install Go $wanted or newer (https://go.dev/dl) and run this again."
  have=$(GOTOOLCHAIN=local go env GOVERSION)
  have=${have#go}
  [ "$(printf '%s\n' "$wanted" "$have" | sort -V | head -n 1)" = "$wanted" ] ||
    [ "$(go env GOTOOLCHAIN)" != local ] ||
    die "Go $wanted or newer is needed, this is Go $have. Install a newer one (https://go.dev/dl), or allow Go to fetch it: go env -w GOTOOLCHAIN=auto"
}
