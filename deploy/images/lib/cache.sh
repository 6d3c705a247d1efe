# Sourced, after pack.sh and find-jdk: lays a program's files out and has a JVM make its class cache.

# lay_out <module> <folder>: lib/ and native/ of a program that Maven has packaged.
lay_out() {
  local module=$1 folder=$2 machine jar
  case $(uname -m) in
    aarch64 | arm64) machine=aarch_64 ;;
    *) machine=x86_64 ;;
  esac
  mkdir -p "$folder/lib" "$folder/native"
  for jar in "$module"/target/lib/*.jar "$module/target/$(basename "$module")-$(project_version).jar"; do
    case $jar in
      # Unpacked here, native libraries need no writable folder and no copy in it at each start.
      *-linux-"$machine".jar) (cd "$folder/native" && "$JAVA_HOME/bin/jar" -xf "$jar" META-INF/native) ;;
      *-linux-*.jar | *-osx-*.jar | *-windows-*.jar) ;;
      */picocli-*.jar) modernize "$jar" "$folder/lib/$(basename "$jar")" ;;
      *) cp "$jar" "$folder/lib/" ;;
    esac
  done
  mv "$folder"/native/META-INF/native/* "$folder/native/"
  rm -r "$folder/native/META-INF"
}

# modernize <jar> <jar to write>: the same in a class format that caches take.
modernize() {
  "$JAVA_HOME/bin/java" "$(dirname "${BASH_SOURCE[0]}")/Modernize.java" "$1" "$2"
}

# jvm_args <module> <folder> [<what the folder is called when the JVM runs>]: the JVM's options, with the class path,
# to which, in its order, a cache is bound.
jvm_args() {
  local module=$1 folder=$2 called=${3-$2}
  grep -v '^#' "$module/src/main/jib/app/jvm.args"
  echo "-Djava.library.path=$called/native"
  echo -cp
  (cd "$folder/lib" && LC_ALL=C ls) | sed "s:^:$called/lib/:" | paste -s -d : -
}

# as_in_image <module> <folder> <cache, or nothing> <java runtime> [<more options>…]: java/, app/, the JVM's options in args
# and, made for these options, pgrok.aot; the array launch is the command, without the program's own arguments.
as_in_image() {
  local module=$1 folder=$2 cache=$3 runtime=$4 main
  main=io.pgrok.$(basename "$module").Main
  shift 4
  rm -rf "$folder"
  mkdir -p "$folder"
  cp -a "$runtime" "$folder/java"
  cp -a "$module/target/image/app" "$folder/app"
  if [ -n "$cache" ]; then
    train "$module" "$folder/java/bin/java" "$folder/app" "$main" "$folder/pgrok.aot" "$@"
    set -- "$@" "-XX:AOTCache=$folder/pgrok.aot"
  fi
  jvm_args "$module" "$folder/app" >"$folder/args"
  launch=("$folder/java/bin/java" "@$folder/args" "$@" "$main")
}

# train <module> <java> <folder> <main class> <cache to write> [<more options>…]: the module's Training has the program do its work. The
# JVM's and the program's files must have the times by then that they will have where they run. With the first
# compiler only: profiles for the second one have a starting JVM compile at once what it may need later.
train() {
  local module=$1 java=$2 folder=$3 main=$4 cache=$5 target=$1/target
  shift 5
  jvm_args "$module" "$folder" >"$target/training.args"
  "$JAVA_HOME/bin/java" -cp "$(cat "$target/training.classpath")" "${main%.*}.Training" \
    "$java" "@$target/training.args" "$@" -XX:TieredStopAtLevel=1 "-XX:AOTCacheOutput=$cache" "$main" >"$target/training.log" 2>&1 || true
  [ -s "$cache" ] || {
    cat "$target/training.log" >&2
    echo "no class cache was made for $(basename "$module")" >&2
    return 1
  }
}
