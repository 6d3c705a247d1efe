package io.pgrok.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.operator.status.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A packaged operator is killed in the middle of what it does, again and again, and what is there
 * in the end is what one makes that nobody disturbs.
 */
class OperatorKilledIT {

  private static final String SERVER = "kills";
  private static final String DOMAIN = SERVER + ".example.com";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** After so many writes at most it is killed; some steps take less, some more. */
  private static final int WRITES = 8;

  /** A step that takes less is over by then. */
  private static final Duration OVER = Duration.ofSeconds(3);

  /** Of the environment: to kill as a run that failed did. */
  private static final String SEED = "PGROK_KILL_SEED";

  private static Operators operators;
  private static World world;

  private volatile CountDownLatch writes = new CountDownLatch(0);

  @BeforeAll
  static void cluster() throws IOException {
    operators = new Operators("127.0.0.12");
    world = operators.world;
    world.server(SERVER, true);
  }

  @AfterAll
  static void end() {
    operators.close();
  }

  /** What people do in a namespace, in that order. */
  private static final List<Consumer<String>> STEPS =
      List.of(
          ns -> {
            world.service(ns, "web", 80);
            world.deployment(ns, "app");
            shared(ns, "a", "{namespace}-a");
            shared(ns, "b", "{namespace}-b");
            sidecar(ns, "app");
          },
          ns -> {
            shared(ns, "a", "{namespace}-a-changed");
            world.apply(
                ns,
                """
                apiVersion: pgrok.io/v1alpha1
                kind: TunnelAgent
                metadata: {name: own}
                spec: {}
                """);
            world.tunnel(ns, "named", "{service: {name: web}, agent: own}");
          },
          ns -> {
            delete(ns, "b");
            delete(ns, "app");
          },
          ns -> {
            world.deployment(ns, "late");
            sidecar(ns, "late");
            shared(ns, "c", "{namespace}-c");
          },
          ns -> {
            delete(ns, "named");
            shared(ns, "c", "{namespace}-c-changed");
          });

  @Test
  void whatIsThereInTheEndIsWhatOneMakesThatNobodyDisturbs() throws InterruptedException {
    long seed = Long.parseLong(System.getenv().getOrDefault(SEED, "" + System.nanoTime()));
    var random = new Random(seed);
    System.out.println(SEED + "=" + seed);
    Stream.of("calm", "shot").forEach(OperatorKilledIT::namespace);
    follow();

    var operator = start();
    STEPS.forEach(step -> step.accept("calm"));
    awaitDone("calm");
    String calm = whatIsThere("calm");

    for (var step : STEPS) {
      step.accept("shot");
      writes = new CountDownLatch(1 + random.nextInt(WRITES));
      await("an operator to lead").atMost(PATIENCE).until(() -> !operators.leader().isEmpty());
      boolean inTheMiddle = writes.await(OVER.toMillis(), TimeUnit.MILLISECONDS);
      System.out.println("killed " + (inTheMiddle ? "in the middle" : "at the end"));
      operator.process().destroyForcibly().waitFor();
      operators.freeTheLease();
      operator = start();
    }

    awaitDone("shot");
    await("as undisturbed, with %s=%d".formatted(SEED, seed))
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(whatIsThere("shot")).isEqualTo(calm));
    assertThat(whatIsThere("calm")).isEqualTo(calm);
  }

  private static Shipped start() {
    return operators.start(
        "killed", Duration.ofSeconds(15), Map.of("PGROK_PROBE_ENABLED", "false"));
  }

  /** Counts the writes, and has the agent say that it does what it is told. */
  private void follow() {
    var client = operators.client;
    inform(client.secrets().inAnyNamespace(), this::secretWritten);
    inform(client.resources(Tunnel.class).inAnyNamespace(), it -> writes.countDown());
    inform(client.apps().deployments().inAnyNamespace(), it -> writes.countDown());
    inform(client.pods().inAnyNamespace(), it -> writes.countDown());
  }

  private void secretWritten(Secret secret) {
    writes.countDown();
    if (secret.getMetadata().getNamespace().equals(ApiServer.NAMESPACE)) {
      operators.agent.report(FakeAgent.online(SERVER, world.sharedConfig(SERVER), DOMAIN));
    }
  }

  private static <T extends HasMetadata> void inform(Informable<T> all, Consumer<T> written) {
    all.inform(
        new ResourceEventHandler<>() {
          @Override
          public void onAdd(T added) {
            written.accept(added);
          }

          @Override
          public void onUpdate(T before, T after) {
            written.accept(after);
          }

          @Override
          public void onDelete(T deleted, boolean unknown) {
            written.accept(deleted);
          }
        });
  }

  private static void awaitDone(String ns) {
    for (String name : List.of("a", "c")) {
      await(ns + "/" + name)
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            assertThat(world.ready(ns, name).map(Condition::getReason))
                .contains(Reason.REGISTERED.text());
            assertThat(world.tunnel(ns, name).getStatus().url()).contains(name + "-changed");
          });
    }
    await(ns + ": sidecars and Secrets")
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(world.sharedConfig(SERVER).tunnels().keySet())
              .filteredOn(key -> key.startsWith(ns + "/"))
              .containsExactlyInAnyOrder(ns + "/a", ns + "/c");
          assertThat(template(ns, "app").getSpec().getInitContainers()).isEmpty();
          assertThat(template(ns, "late").getSpec().getInitContainers()).hasSize(1);
          assertThat(secretsOf(ns).filter(secret -> !files(secret).isEmpty())).hasSize(1);
        });
  }

  /** Everything of a namespace that an operator makes, and what it says there; without times. */
  private static String whatIsThere(String ns) {
    var lines =
        Stream.of(
                secretsOf(ns)
                    .filter(secret -> !files(secret).isEmpty())
                    .map(secret ->
                        "Secret %s of %s: %s"
                            .formatted(
                                secret.getMetadata().getName(),
                                secret.getMetadata().getOwnerReferences().getFirst().getName(),
                                files(secret))),
                operators.client.apps().deployments().inNamespace(ns).list().getItems().stream()
                    .map(it -> "Deployment %s: %s".formatted(name(it), summary(it))),
                operators.client.resources(Tunnel.class).inNamespace(ns).list().getItems().stream()
                    .filter(tunnel -> tunnel.getSpec().service() != null)
                    .map(it -> "Tunnel %s: %s".formatted(name(it), said(it))),
                world.sharedConfig(SERVER).tunnels().entrySet().stream()
                    .filter(it -> it.getKey().startsWith(ns + "/"))
                    .map(it -> "carried %s: %s".formatted(it.getKey(), it.getValue().subdomain())))
            .flatMap(it -> it);
    return lines.map(line -> line.replace(ns, "NS")).sorted().collect(Collectors.joining("\n"));
  }

  private static String summary(Deployment deployment) {
    var template = deployment.getSpec().getTemplate();
    return Stream.of(
            template.getMetadata().getLabels(),
            template.getMetadata().getAnnotations(),
            template.getSpec().getInitContainers(),
            template.getSpec().getVolumes())
        .map(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  private static String said(Tunnel tunnel) {
    var status = tunnel.getStatus();
    return "%s %s %s"
        .formatted(
            tunnel.getMetadata().getGeneration().equals(status.observedGeneration()),
            status.url(),
            status.conditions().stream()
                .map(it -> "%s=%s %s".formatted(it.getType(), it.getStatus(), it.getReason()))
                .sorted()
                .toList());
  }

  private static Stream<Secret> secretsOf(String ns) {
    return operators.client.secrets().inNamespace(ns).list().getItems().stream();
  }

  /** Without the revisions of tunnels, which depend on the namespace's name. */
  private static String files(Secret secret) {
    return World.files(secret)
        .map(text -> text.replaceAll("revision: .*", "").strip())
        .sorted()
        .collect(Collectors.joining(" | "));
  }

  private static PodTemplateSpec template(String ns, String deployment) {
    return operators
        .client
        .apps()
        .deployments()
        .inNamespace(ns)
        .withName(deployment)
        .get()
        .getSpec()
        .getTemplate();
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }

  private static void namespace(String name) {
    operators
        .client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  private static void shared(String ns, String name, String subdomain) {
    world.tunnel(ns, name, "{service: {name: web}, subdomain: '%s'}".formatted(subdomain));
  }

  private static void sidecar(String ns, String workload) {
    world.tunnel(
        ns,
        workload,
        "{workload: {kind: Deployment, name: %s, port: 80}, subdomain: '{namespace}-%s'}"
            .formatted(workload, workload));
  }

  private static void delete(String ns, String tunnel) {
    operators.client.resources(Tunnel.class).inNamespace(ns).withName(tunnel).delete();
  }
}
