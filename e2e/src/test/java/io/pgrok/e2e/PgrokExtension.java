package io.pgrok.e2e;

import io.pgrok.e2e.cluster.Choice;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands tests the installation that the quickstart makes, on a cluster of the tests' own. All test
 * classes share one; it goes when the last has run, unless {@code PGROK_E2E_KEEP} is set. Where no
 * cluster can be had the tests are skipped, with the reason; {@code .ci/run} takes that for a
 * failure.
 */
final class PgrokExtension implements BeforeAllCallback, ParameterResolver {

  @Override
  public void beforeAll(ExtensionContext context) {
    pgrok(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Pgrok.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return pgrok(context);
  }

  private static Pgrok pgrok(ExtensionContext context) {
    var repository = Repository.ofCurrentFolder();
    return switch (Choice.of(repository, clusterName(repository), System.getenv())) {
      case Choice.None(var why) -> Assumptions.abort(why);
      case Choice.Found(var cluster) ->
          context
              .getRoot()
              .getStore(Namespace.create(PgrokExtension.class))
              .computeIfAbsent(
                  Pgrok.class, key -> Pgrok.installOn(repository, cluster), Pgrok.class);
    };
  }

  /** One for each checkout: the tests of two may run at once. */
  private static String clusterName(Repository repository) {
    return "e2e-%08x".formatted(repository.root().hashCode());
  }
}
