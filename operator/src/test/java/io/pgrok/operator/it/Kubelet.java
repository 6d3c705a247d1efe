package io.pgrok.operator.it;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.pgrok.operator.Labels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Does for one pod what the kubelet does: when the pod's annotations change, the Secrets that it
 * mounts become files in one folder, all at once.
 */
final class Kubelet implements AutoCloseable {

  /** What the pod's way to a new configuration consists of. */
  enum Step {
    SECRET,
    ANNOTATION,
    FILES
  }

  private final SharedIndexInformer<Secret> secrets;
  private final SharedIndexInformer<Pod> pod;
  private final Path folder;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger version = new AtomicInteger();
  private final Map<Step, Long> first = new ConcurrentHashMap<>();
  private volatile Duration delay = Duration.ZERO;
  private volatile long toldAt;

  Kubelet(KubernetesClient client, String podName, String address, Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    pod(client, podName, address);
    secrets =
        client
            .secrets()
            .inNamespace(ApiServer.NAMESPACE)
            .withLabel(Labels.AGENT, Labels.SHARED)
            .inform(onChange(Kubelet::version, this::late));
    pod =
        client
            .pods()
            .inNamespace(ApiServer.NAMESPACE)
            .withName(podName)
            .inform(
                onChange(pod -> String.valueOf(pod.getMetadata().getAnnotations()), this::told));
  }

  private static <T extends HasMetadata> ResourceEventHandler<T> onChange(
      Function<T, Object> aspect, Consumer<T> then) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(T added) {
        then.accept(added);
      }

      @Override
      public void onUpdate(T before, T after) {
        if (!aspect.apply(before).equals(aspect.apply(after))) {
          then.accept(after);
        }
      }

      @Override
      public void onDelete(T deleted, boolean unknown) {}
    };
  }

  private void told(Pod changed) {
    first.putIfAbsent(Step.ANNOTATION, System.nanoTime());
    toldAt = version(changed);
    lay();
  }

  /** Two watches: on a busy machine the Secret may come after the pod that was changed after it. */
  private void late(Secret changed) {
    first.putIfAbsent(Step.SECRET, System.nanoTime());
    if (version(changed) < toldAt) {
      lay();
    }
  }

  private static long version(HasMetadata object) {
    return Long.parseLong(object.getMetadata().getResourceVersion());
  }

  /** From the pod's change to the files; 0.3 s were measured of a real one. */
  void delay(Duration other) {
    delay = other;
  }

  /** When each step was first seen since this was asked last, in {@link System#nanoTime}. */
  Map<Step, Long> steps() {
    var steps = Map.copyOf(first);
    first.clear();
    return steps;
  }

  /** What is to be seen when the time has passed is written before, as the measured time says. */
  private void lay() {
    long visible = System.nanoTime() + delay.toNanos();
    timer.execute(() -> {
      var folder = prepare();
      var unused =
          timer.schedule(() -> swap(folder), visible - System.nanoTime(), TimeUnit.NANOSECONDS);
    });
  }

  private Path prepare() {
    try {
      var files = new TreeMap<String, String>();
      secrets.getStore().list().stream()
          .map(Secret::getData)
          .filter(Objects::nonNull)
          .forEach(files::putAll);
      var dated = Files.createDirectory(folder.resolve("..v" + version.incrementAndGet()));
      for (var file : files.entrySet()) {
        Files.write(dated.resolve(file.getKey()), Base64.getDecoder().decode(file.getValue()));
      }
      return dated;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void swap(Path dated) {
    try {
      var data = folder.resolve("..data");
      var before = Files.exists(data) ? data.toRealPath() : null;
      var link = Files.createSymbolicLink(folder.resolve("..data_tmp"), dated.getFileName());
      Files.move(link, data, StandardCopyOption.ATOMIC_MOVE);
      try (var files = Files.list(dated)) {
        for (var file : files.map(Path::getFileName).toList()) {
          if (!Files.exists(folder.resolve(file))) {
            Files.createSymbolicLink(folder.resolve(file), Path.of("..data").resolve(file));
          }
        }
      }
      first.putIfAbsent(Step.FILES, System.nanoTime());
      if (before != null) {
        remove(before);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path dated) throws IOException {
    if (Files.isDirectory(dated)) {
      try (var files = Files.walk(dated)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  private static void pod(KubernetesClient client, String name, String address) {
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(ApiServer.NAMESPACE)
                .withName(name)
                .addToLabels(Labels.AGENT, Labels.SHARED)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("agent")
                .withImage("pgrok/agent")
                .endContainer()
                .endSpec()
                .build())
        .create();
    client
        .pods()
        .inNamespace(ApiServer.NAMESPACE)
        .withName(name)
        .editStatus(pod ->
            new PodBuilder(pod)
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(address)
                .endStatus()
                .build());
  }

  @Override
  public void close() {
    pod.close();
    secrets.close();
    timer.shutdownNow();
  }
}
