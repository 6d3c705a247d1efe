package io.pgrok.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The script in a real bash: words are given as it splits them, the last one is completed. */
class CompletionTest {

  @TempDir Path directory;

  @ParameterizedTest(name = "pgrok {0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sta                                  | start start-all
          -server                              | -serveraddr -serverca
          start                  w             | web
          -config = some.yml start ''          | web ssh of some.yml
          -config some.yml start ''            | web ssh of some.yml
          -log-level = D                       | DEBUG
          -proto h                             | http https http+https
          -subdomain start                     |
          -subdomain x sta                     | start start-all
          kube sh                              | share
          kube share --e                       | --expires
          kube -n team open s                  | shop
          kube list s                          |
          completion z                         | zsh
          """)
  void offers(String words, String offered) throws Exception {
    assertThat(complete(words.trim().split(" +")))
        .containsExactlyElementsOf(offered == null ? List.of() : List.of(offered.split(" ")));
  }

  @Test
  void offersFilesWhereOneIsWanted() throws Exception {
    Path file = Files.createFile(directory.resolve("authorities.pem"));

    assertThat(complete("-serverca", "=", directory + "/auth")).containsExactly(file.toString());
  }

  @ParameterizedTest
  @EnumSource
  void everyShellsScriptNamesCommandsAndFlags(Completion.Shell shell) {
    assertThat(script(shell)).contains("start-all", "serverca", "expires", "pgrok");
  }

  @Test
  void anotherShellIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Completion.Shell.parse("tcsh"))
        .hasMessage("completion is there for bash, zsh and fish, not for tcsh");
  }

  private List<String> complete(String... words) throws Exception {
    String commands =
        """
        pgrok() { case $1 in -config=*) echo web ssh of "${1#*=}" ;; *) echo web ssh ;; esac; }
        kubectl() { echo tunnel.pgrok.io/shop; echo tunnel.pgrok.io/web; }
        COMP_WORDS=(pgrok %s)
        COMP_CWORD=%d
        _pgrok
        printf '%%s\\n' "${COMPREPLY[@]}"
        """
            .formatted(String.join(" ", words), words.length);
    Path script =
        Files.writeString(
            directory.resolve("script.bash"), script(Completion.Shell.BASH) + commands);
    Process bash =
        new ProcessBuilder("bash", "--norc", script.toString()).redirectErrorStream(true).start();
    String output = new String(bash.getInputStream().readAllBytes(), UTF_8);
    assertThat(bash.waitFor()).as(output).isZero();
    return Arrays.stream(output.split("\n")).filter(line -> !line.isEmpty()).toList();
  }

  private static String script(Completion.Shell shell) {
    return Completion.script(shell, PgrokCommandLine.create().getCommandSpec());
  }
}
