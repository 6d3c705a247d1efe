package io.pgrok.agent.cli;

import io.pgrok.agent.config.ConfigSource;
import io.pgrok.agent.config.DirectorySource;
import io.pgrok.agent.config.FileSource;
import io.pgrok.agent.config.Flags;
import io.pgrok.agent.config.HostPort;
import io.pgrok.agent.config.PrivateAddress;
import io.pgrok.agent.config.ProjectFile;
import io.pgrok.agent.config.ProjectSource;
import io.pgrok.agent.config.Protocol;
import io.pgrok.agent.config.Selection;
import io.pgrok.agent.config.TunnelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the command line asks for. */
sealed interface Invocation {

  record Help() implements Invocation {}

  record Version() implements Invocation {}

  /** Print a script for the shell. */
  record CompletionScript(Completion.Shell shell) implements Invocation {}

  record ListTunnels(FileSource source) implements Invocation {}

  /**
   * Hold tunnels open.
   *
   * @param log file, {@code stdout} or {@code none}; null when it was not said
   * @param statusAddr null for no listener
   * @param inspectAddr where the inspector listens; null when it was not said
   * @param inspectAuth {@code user:password} of the public inspector, empty for one that is made;
   *     null when it is not to be public
   * @param json whether what happens is told in JSON, a line each
   */
  record Serve(
      ConfigSource source,
      @Nullable String log,
      LogLevel logLevel,
      @Nullable String statusAddr,
      @Nullable String inspectAddr,
      @Nullable String inspectAuth,
      boolean json)
      implements Invocation {
    Serve with(ConfigSource other) {
      return new Serve(other, log, logLevel, statusAddr, inspectAddr, inspectAuth, json);
    }
  }

  /**
   * Serve a folder's files.
   *
   * @param serve what to do once a file server listens there
   */
  record ServeFolder(Path folder, Function<HostPort, Serve> serve) implements Invocation {}

  static Invocation of(PgrokCommand command) throws UsageException {
    List<String> words = command.words;
    if (words.isEmpty()) {
      throw new UsageException(
          "say what to open: a port, such as 'pgrok 8080', or a command, such as 'pgrok"
              + " start-all'");
    }
    String first = words.getFirst();
    List<String> rest = words.subList(1, words.size());
    return switch (first) {
      case "help" -> new Help();
      case "version" -> new Version();
      case "completion" ->
          new CompletionScript(Completion.Shell.parse(rest.isEmpty() ? "bash" : rest.getFirst()));
      case "list" -> new ListTunnels(file(command, new Selection.All()));
      case "start" -> {
        if (rest.isEmpty()) {
          throw new UsageException("name the tunnels to start, or use 'pgrok start-all'");
        }
        yield serve(command, file(command, new Selection.Named(rest)));
      }
      case "start-all" -> serve(command, files(command));
      case "up" -> serve(command, project(command, rest, Path.of("")));
      default -> {
        if (!rest.isEmpty()) {
          throw new UsageException("one port or address at a time, not " + String.join(" ", words));
        }
        yield isFolder(first)
            ? folder(command, Path.of(first))
            : serve(command, file(command, new Selection.Only(tunnel(command, first))));
      }
    };
  }

  /** Told from an address by its look, so that a folder named 8080 is ./8080. */
  private static boolean isFolder(String word) {
    return word.equals(".")
        || word.equals("..")
        || word.matches("(\\.{0,2}|~)/.*")
        || (Files.isDirectory(Path.of(word)) && !word.matches("[0-9:]*"));
  }

  private static ServeFolder folder(PgrokCommand command, Path folder) throws UsageException {
    if (!Files.isDirectory(folder)) {
      throw new UsageException("there is no folder " + folder);
    }
    TunnelSpec tunnel = tunnel(command, "1");
    if (!tunnel.targets().keySet().stream().allMatch(Protocol::isHttp)) {
      throw new UsageException("a folder is served over -proto http and https");
    }
    Serve nowhere = serve(command, file(command, new Selection.Only(tunnel)));
    return new ServeFolder(
        folder,
        address ->
            nowhere.with(
                file(command, new Selection.Only(tunnel.to(PrivateAddress.plain(address))))));
  }

  private static Serve serve(PgrokCommand command, ConfigSource source) throws UsageException {
    String status = command.statusAddr;
    if (status != null) {
      parse("-statusaddr", () -> HostPort.parse(status, "127.0.0.1"));
    }
    String inspect = command.inspectAddr;
    if (inspect != null) {
      parse("-inspectaddr", () -> InspectAddress.of(inspect, null, false));
    }
    return new Serve(
        source,
        command.log,
        parse(
            "-log-level",
            () -> LogLevel.parse(Objects.requireNonNullElse(command.logLevel, "INFO"))),
        status,
        command.inspectAddr,
        Boolean.TRUE.equals(command.inspectPublic) ? orEmpty(command.httpAuth) : null,
        command.json);
  }

  /** The tunnel that the command line alone describes. */
  private static TunnelSpec tunnel(PgrokCommand command, String address) throws UsageException {
    PrivateAddress target = parse("'" + address + "'", () -> PrivateAddress.parse(address));
    List<Protocol> protocols =
        parse(
            "-proto",
            () -> Protocol.parseJoined(Objects.requireNonNullElse(command.proto, "http+https")));
    SortedMap<Protocol, PrivateAddress> targets = new TreeMap<>();
    if (target.needsHttp() && !protocols.stream().allMatch(Protocol::isHttp)) {
      throw new UsageException("https:// and h2c:// are for -proto http and https");
    }
    protocols.forEach(protocol -> targets.put(protocol, target));
    return new TunnelSpec(
        "default",
        null,
        orEmpty(command.subdomain),
        orEmpty(command.hostname),
        parse("-httpauth", () -> TunnelSpec.parseAuth(orEmpty(command.httpAuth))),
        0,
        targets);
  }

  private static ConfigSource files(PgrokCommand command) {
    return command.config != null && isDirectory(Path.of(command.config))
        ? new DirectorySource(Path.of(command.config), flags(command))
        : file(command, new Selection.All());
  }

  /**
   * @param names of tunnels; none for all
   */
  static ProjectSource project(PgrokCommand command, List<String> names, Path folder)
      throws UsageException {
    Path file =
        ProjectFile.find(folder)
            .orElseThrow(() ->
                new UsageException(
                    "there is no %s here, nor in a folder above up to %s: it names the project's tunnels, such as 'tunnels: {web: {proto: {http: 8080}}}'"
                        .formatted(ProjectFile.NAME, ProjectFile.top(folder))));
    Selection selection = names.isEmpty() ? new Selection.All() : new Selection.Named(names);
    return new ProjectSource(file, file(command, selection), selection);
  }

  /** One that does not exist yet is told by its name: files end in .yml. */
  private static boolean isDirectory(Path path) {
    return Files.isDirectory(path)
        || (!Files.exists(path) && !String.valueOf(path.getFileName()).matches(".*\\.ya?ml"));
  }

  private static FileSource file(PgrokCommand command, Selection selection) {
    return command.config == null || command.config.isEmpty()
        ? new FileSource(defaultFile(), true, flags(command), selection)
        : new FileSource(Path.of(command.config), false, flags(command), selection);
  }

  private static Path defaultFile() {
    return Path.of(
        Objects.requireNonNullElse(System.getenv("HOME"), System.getProperty("user.home", "")),
        ".pgrok");
  }

  private static Flags flags(PgrokCommand command) {
    return new Flags(
        command.serverAddr,
        command.authToken,
        command.serverCa,
        command.tlsClientCrt,
        command.tlsClientKey);
  }

  private static <T> T parse(String what, java.util.function.Supplier<T> parser)
      throws UsageException {
    try {
      return parser.get();
    } catch (IllegalArgumentException e) {
      throw new UsageException(what + " " + e.getMessage());
    }
  }

  private static String orEmpty(@Nullable String value) {
    return Objects.requireNonNullElse(value, "");
  }
}
