package io.pgrok.pgrokd.auth;

import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgrokd token}: makes a token and the entry for a token file. */
@Command(
    name = "token",
    description =
        "Makes a token for an agent. Standard output gets the entry for the token file, standard"
            + " error the token itself, which is kept nowhere.",
    mixinStandardHelpOptions = true)
public final class TokenCommand implements Callable<Integer> {

  private static final int BYTES = 32;

  @Parameters(paramLabel = "NAME", description = "Whom the token names, in logs and for sharing.")
  private String name = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("- name: \"%s\"%n  sha256: %s%n", yaml(name), TokenFile.hash(token));
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    err.printf("token: %s%n", token);
    err.flush();
    return 0;
  }

  private static String yaml(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
