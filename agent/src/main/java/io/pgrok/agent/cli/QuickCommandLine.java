package io.pgrok.agent.cli;

import java.util.List;
import java.util.Optional;

/**
 * Reads the command line of a start without picocli, whose look at its annotations takes a sidecar
 * a fifth of a second. What it is not sure of (help, other programs' commands, mistakes) it leaves
 * to picocli. A test compares the two.
 */
final class QuickCommandLine {

  private QuickCommandLine() {}

  /** What was given; empty where picocli has to look. */
  static Optional<PgrokCommand> parse(List<String> args) {
    PgrokCommand command = new PgrokCommand();
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.startsWith("@")) {
        return Optional.empty();
      }
      if (!arg.startsWith("-")) {
        command.words.add(arg);
        continue;
      }
      int equals = arg.indexOf('=');
      String name = (equals < 0 ? arg : arg.substring(0, equals)).replaceFirst("^--?", "");
      boolean known;
      if (equals >= 0) {
        known = set(command, name, arg.substring(equals + 1));
      } else if (name.equals("json")) {
        command.json = true;
        known = true;
      } else {
        i++;
        known = i < args.size() && !args.get(i).startsWith("-") && set(command, name, args.get(i));
      }
      if (!known) {
        return Optional.empty();
      }
    }
    return command.words.isEmpty() || command.words.getFirst().equals("kube")
        ? Optional.empty()
        : Optional.of(command);
  }

  private static boolean set(PgrokCommand command, String name, String value) {
    switch (name) {
      case "config" -> command.config = value;
      case "log" -> command.log = value;
      case "log-level" -> command.logLevel = value;
      case "authtoken" -> command.authToken = value;
      case "httpauth" -> command.httpAuth = value;
      case "subdomain" -> command.subdomain = value;
      case "hostname" -> command.hostname = value;
      case "proto" -> command.proto = value;
      case "serveraddr" -> command.serverAddr = value;
      case "serverca" -> command.serverCa = value;
      case "inspectaddr" -> command.inspectAddr = value;
      case "tlsClientCrt" -> command.tlsClientCrt = value;
      case "tlsClientKey" -> command.tlsClientKey = value;
      case "statusaddr" -> command.statusAddr = value;
      default -> {
        return false;
      }
    }
    return true;
  }
}
