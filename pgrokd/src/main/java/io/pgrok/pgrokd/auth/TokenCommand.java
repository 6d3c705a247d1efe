package io.pgrok.pgrokd.auth;

import io.pgrok.pgrokd.certificate.AtomicFile;
import io.pgrok.pgrokd.certificate.AtomicFile.Readers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgrokd token}: makes what agents identify themselves with, and what a server checks. */
@Command(
    name = "token",
    description = "Makes tokens for agents: random ones for a token file, and signed ones.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = SignCommand.class)
public final class TokenCommand implements Runnable {

  private static final int BYTES = 32;

  /** Lets secret scanners find a token that got somewhere it should not be. */
  private static final String PREFIX = "pgrok_";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to make: new, hash, key or sign.");
  }

  @Command(
      name = "new",
      description =
          "Makes a token. Standard output gets the entry for the token file, standard error the"
              + " token itself, which is kept nowhere.",
      mixinStandardHelpOptions = true)
  int make(@Parameters(paramLabel = "NAME", description = "Whom the token names.") String name) {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    print(entry(name, token));
    PrintWriter err = spec.commandLine().getErr();
    err.println("token: " + token);
    err.flush();
    return ExitCode.OK;
  }

  @Command(
      name = "hash",
      description =
          "Reads a token that you have from standard input and prints its entry for the token file.",
      mixinStandardHelpOptions = true)
  int hash(@Parameters(paramLabel = "NAME", description = "Whom the token names.") String name)
      throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String token = in.readLine();
    if (token == null || token.isBlank()) {
      spec.commandLine().getErr().println("pgrokd token hash: standard input holds no token");
      return ExitCode.SOFTWARE;
    }
    print(entry(name, token.strip()));
    return ExitCode.OK;
  }

  @Command(
      name = "key",
      description = {
        "Makes a key that signs tokens: signing.jwk for whoever signs, jwks.json for servers"
            + " (-authJwksFile).",
        "Run again it makes a new signing.jwk; jwks.json then holds the earlier keys as well, so that"
            + " their tokens stay good until they end."
      },
      mixinStandardHelpOptions = true)
  int key(
      @Option(
              names = "--directory",
              defaultValue = ".",
              paramLabel = "DIR",
              description = "Where to write both files. Default: this directory.")
          Path directory) {
    Path jwks = directory.resolve("jwks.json");
    Path signing = directory.resolve("signing.jwk");
    SigningKey key = SigningKey.create();
    try {
      String set = key.addTo(Files.exists(jwks) ? Files.readString(jwks) : "");
      // Servers first: a token that is signed at once must find its key.
      AtomicFile.write(jwks, set + "\n", Readers.EVERYBODY);
      AtomicFile.write(signing, key.toJwk() + "\n", Readers.OWNER);
    } catch (IOException e) {
      spec.commandLine().getErr().println("pgrokd token key: " + jwks + ": " + e.getMessage());
      return ExitCode.SOFTWARE;
    }
    print(
        "%s: private, for 'pgrokd token sign'%n%s: public, for -authJwksFile%n"
            .formatted(signing, jwks));
    return ExitCode.OK;
  }

  private static String entry(String name, String token) {
    String quoted = name.replace("\\", "\\\\").replace("\"", "\\\"");
    return "- name: \"%s\"%n  sha256: %s%n".formatted(quoted, TokenFile.hash(token));
  }

  private void print(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }
}
