package io.pgrok.agent.cli;

import io.pgrok.agent.config.Protocol;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What {@code pgrok completion} prints: commands, their flags, the configuration file's tunnels.
 * Not picocli's script, which offers none of the words that are commands here. Pure.
 */
final class Completion {

  /** Whose script. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    static Shell parse(String name) throws UsageException {
      try {
        return valueOf(name.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new UsageException("completion is there for bash, zsh and fish, not for " + name);
      }
    }
  }

  /** Bash's, which is also zsh's after bashcompinit: there {@code -flag=value} stays one word. */
  private static final String BASH =
      """
      _pgrok() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
        local config= command= kube= i=1 word
        if [[ $current == = ]]; then
          current=
        elif [[ $previous == = ]]; then
          previous=${COMP_WORDS[COMP_CWORD-2]}
        fi
        while [ $i -lt $COMP_CWORD ]; do
          word=${COMP_WORDS[i]}
          case $word in
            {with-value})
              i=$((i + 1))
              [[ ${COMP_WORDS[i]} == = ]] && i=$((i + 1))
              case $word in -config|--config) config=${COMP_WORDS[i]} ;; esac
              ;;
            -config=*|--config=*) config=${word#*=} ;;
            -*|=) ;;
            *)
              if [ -z "$command" ]; then
                command=$word
              elif [ -z "$kube" ]; then
                kube=$word
              fi
              ;;
          esac
          i=$((i + 1))
        done
        COMPREPLY=()
        case $previous in
          {file}) COMPREPLY=($(compgen -f -- "$current")); return ;;
      {choices}
          {with-value}) return ;;
        esac
        case $command/$kube in
          /) case $current in
            -*) COMPREPLY=($(compgen -W "{flags}" -- "$current")) ;;
            *) COMPREPLY=($(compgen -W "{commands}" -- "$current")) ;;
          esac ;;
          kube/) COMPREPLY=($(compgen -W "{kube}" -- "$current")) ;;
      {kube-flags}
          start/*) COMPREPLY=($(compgen -W "$(pgrok ${config:+"-config=$config"} list 2>/dev/null)" -- "$current")) ;;
          completion/) COMPREPLY=($(compgen -W "{shells}" -- "$current")) ;;
        esac
      }
      complete -o default -F _pgrok pgrok
      """;

  private static final String ZSH =
      """
      (( $+functions[compdef] )) || { autoload -U compinit && compinit; }
      autoload -U +X bashcompinit && bashcompinit
      """;

  private Completion() {}

  static String script(Shell shell, CommandSpec pgrok) {
    return switch (shell) {
      case BASH -> bash(pgrok);
      case ZSH -> ZSH + bash(pgrok);
      case FISH -> fish(pgrok);
    };
  }

  private static String bash(CommandSpec pgrok) {
    Collection<CommandLine> kube = kube(pgrok);
    List<OptionSpec> all =
        Stream.concat(
                pgrok.options().stream(),
                kube.stream().flatMap(command -> command.getCommandSpec().options().stream()))
            .toList();
    String kubeFlags =
        kube.stream()
            .map(command ->
                """
                    kube/%s) case $current in
                      -*) COMPREPLY=($(compgen -W "%s" -- "$current")) ;;
                      *) COMPREPLY=($(compgen -W "%s" -- "$current")) ;;
                    esac ;;
                """
                    .formatted(
                        command.getCommandName(),
                        names(command.getCommandSpec().options().stream(), " "),
                        takesTunnel(command)
                            ? "$(kubectl get tunnels --output=name 2>/dev/null | cut -d / -f 2)"
                            : ""))
            .collect(Collectors.joining());
    String choices =
        all.stream()
            .filter(option -> !choices(option).isEmpty())
            .map(option ->
                """
                    %s) COMPREPLY=($(compgen -W "%s" -- "$current")); return ;;
                """
                    .formatted(names(Stream.of(option), "|"), choices(option)))
            .collect(Collectors.joining());
    return BASH.replace("{with-value}", names(all.stream().filter(Completion::hasValue), "|"))
        .replace("{file}", names(all.stream().filter(Completion::isFile), "|"))
        .replace("{choices}\n", choices)
        .replace("{flags}", names(pgrok.options().stream(), " "))
        .replace("{commands}", String.join(" ", Commands.ALL))
        .replace("{kube}", kubeCommands(pgrok))
        .replace("{kube-flags}\n", kubeFlags)
        .replace("{shells}", shells());
  }

  private static String fish(CommandSpec pgrok) {
    StringBuilder script = new StringBuilder();
    script.append(
        "complete -c pgrok -n __fish_use_subcommand -a '%s'\n"
            .formatted(String.join(" ", Commands.ALL)));
    pgrok
        .options()
        .forEach(option -> script.append(fish("not __fish_seen_subcommand_from kube", option)));
    script.append(
        "complete -c pgrok -n '__fish_seen_subcommand_from start' -f -a '(pgrok list 2>/dev/null)'\n");
    script.append(
        "complete -c pgrok -n '__fish_seen_subcommand_from completion' -f -a '%s'\n"
            .formatted(shells()));
    script.append(
        "complete -c pgrok -n '__fish_seen_subcommand_from kube; and not __fish_seen_subcommand_from %s' -f -a '%1$s'\n"
            .formatted(kubeCommands(pgrok)));
    for (CommandLine command : kube(pgrok)) {
      String name = command.getCommandName();
      String condition =
          "__fish_seen_subcommand_from kube; and __fish_seen_subcommand_from " + name;
      command.getCommandSpec().options().forEach(option -> script.append(fish(condition, option)));
      if (takesTunnel(command)) {
        script.append(
            "complete -c pgrok -n '%s' -f -a '(kubectl get tunnels --output=name 2>/dev/null | string replace -r \".*/\" \"\")'\n"
                .formatted(condition));
      }
    }
    return script.toString();
  }

  private static String fish(String condition, OptionSpec option) {
    StringBuilder line = new StringBuilder("complete -c pgrok -n '%s'".formatted(condition));
    for (String name : option.names()) {
      line.append(
          name.startsWith("--")
              ? " -l " + name.substring(2)
              : (name.length() == 2 ? " -s " : " -o ") + name.substring(1));
    }
    if (isFile(option)) {
      line.append(" -r -F");
    } else if (!choices(option).isEmpty()) {
      line.append(" -x -a '%s'".formatted(choices(option)));
    } else if (hasValue(option)) {
      line.append(" -x");
    }
    return line.append(" -d '%s'%n".formatted(described(option))).toString();
  }

  private static String described(OptionSpec option) {
    return String.join(" ", option.description()).replace("\\", "\\\\").replace("'", "\\'");
  }

  private static boolean takesTunnel(CommandLine command) {
    return !command.getCommandSpec().positionalParameters().isEmpty();
  }

  private static boolean hasValue(OptionSpec option) {
    return option.arity().min() > 0;
  }

  private static boolean isFile(OptionSpec option) {
    return hasValue(option) && List.of("<file>", "<path>").contains(option.paramLabel());
  }

  private static Collection<CommandLine> kube(CommandSpec pgrok) {
    return Objects.requireNonNull(pgrok.subcommands().get("kube")).getSubcommands().values();
  }

  private static String kubeCommands(CommandSpec pgrok) {
    return kube(pgrok).stream().map(CommandLine::getCommandName).collect(Collectors.joining(" "));
  }

  private static String names(Stream<OptionSpec> options, String between) {
    return options
        .flatMap(option -> Arrays.stream(option.names()))
        .distinct()
        .collect(Collectors.joining(between));
  }

  /** The values that an option takes, where they are few; empty for any. */
  private static String choices(OptionSpec option) {
    return switch (option.longestName()) {
      case "--log-level" ->
          Arrays.stream(LogLevel.values()).map(Enum::name).collect(Collectors.joining(" "));
      case "--proto" ->
          Stream.concat(
                  Arrays.stream(Protocol.values()).map(Protocol::wireName), Stream.of("http+https"))
              .collect(Collectors.joining(" "));
      default -> "";
    };
  }

  private static String shells() {
    return Arrays.stream(Shell.values())
        .map(shell -> shell.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(" "));
  }
}
