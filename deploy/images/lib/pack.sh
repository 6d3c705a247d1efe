# Sourced. Packs a root filesystem into an image tar (the format of `docker save`) without an engine.

PGROK_CACHE=${PGROK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pgrok}
IMAGE_EPOCH="2026-01-01T00:00:00Z" # one date on everything: the same input makes the same bytes

project_version() {
  sed -n 's:^  <version>\(.*\)</version>:\1:p' "$(dirname "${BASH_SOURCE[0]}")/../../../pom.xml" | head -n 1
}

image_arch() { # <uname -m style machine>: the name that images use
  case $1 in
    x86_64 | amd64) echo amd64 ;;
    aarch64 | arm64) echo arm64 ;;
    *) echo "$1" ;;
  esac
}

# pack_image <root folder> <image:tag> <arch> <container config, JSON> <tar to write>
pack_image() {
  local root=$1 tag=$2 arch=$3 config=$4 target=$5 work layer digest
  work=$(mktemp -d)
  layer=$work/layer.tar
  tar --create --file "$layer" --directory "$root" --sort=name --format=gnu \
    --mtime="$IMAGE_EPOCH" --owner=0 --group=0 --numeric-owner .
  digest=$(sha256sum "$layer" | cut -d ' ' -f 1)
  printf '{"architecture":"%s","os":"linux","created":"%s","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"%s","created_by":"pgrok deploy/images"}]}' \
    "$arch" "$IMAGE_EPOCH" "$config" "$digest" "$IMAGE_EPOCH" >"$work/config.json"
  printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$tag" >"$work/manifest.json"
  mkdir -p "$(dirname "$target")"
  tar --create --file "$target.part" --directory "$work" --format=gnu \
    --mtime="$IMAGE_EPOCH" --owner=0 --group=0 --numeric-owner manifest.json config.json layer.tar
  mv "$target.part" "$target"
  rm -rf "$work"
}

# trim_security_providers <Java runtime>: to those of java.base, which do all that TLS needs. A search for an algorithm
# that none has, as each start does, looks for the others' classes in every jar, and so loads BouncyCastle's.
trim_security_providers() {
  sed -i '/^security\.provider\.[0-9]*=/{/=\(SUN\|SunRsaSign\|SunEC\|SunJSSE\|SunJCE\)$/!d}' "$1/conf/security/java.security"
}
