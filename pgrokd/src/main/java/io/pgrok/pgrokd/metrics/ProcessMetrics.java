package io.pgrok.pgrokd.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.util.function.DoubleSupplier;

/** What Prometheus' dashboards expect of any process and of a JVM, and no more: read when asked. */
final class ProcessMetrics {

  private static final double MILLI = 1e-3;
  private static final double NANO = 1e-9;

  private ProcessMetrics() {}

  static void register(PrometheusRegistry registry) {
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    gauge(
        registry,
        "process_start_time_seconds",
        "When this process started, since 1970.",
        () -> runtime.getStartTime() * MILLI);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      counter(
          registry,
          "process_cpu_seconds",
          "CPU time of this process.",
          () -> system.getProcessCpuTime() * NANO);
      gauge(
          registry,
          "process_open_fds",
          "Open file descriptors.",
          system::getOpenFileDescriptorCount);
      gauge(
          registry,
          "process_max_fds",
          "File descriptors that this process may open.",
          system::getMaxFileDescriptorCount);
    }
    Runtime jvm = Runtime.getRuntime();
    gauge(
        registry,
        "jvm_heap_used_bytes",
        "Bytes of the heap in use, garbage included.",
        () -> jvm.totalMemory() - jvm.freeMemory());
    gauge(registry, "jvm_heap_max_bytes", "Bytes that the heap may grow to.", jvm::maxMemory);
    gauge(
        registry,
        "jvm_direct_buffers_bytes",
        "Bytes of network buffers outside of the heap.",
        PlatformDependent::usedDirectMemory);
    gauge(
        registry,
        "jvm_direct_buffers_max_bytes",
        "Bytes that network buffers may grow to.",
        PlatformDependent::maxDirectMemory);
    counter(
        registry,
        "jvm_gc_seconds",
        "Time that the program stood still for the garbage collector.",
        () -> {
          long millis = 0;
          for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            millis += Math.max(0, collector.getCollectionTime());
          }
          return millis * MILLI;
        });
    gauge(
        registry,
        "jvm_threads",
        "Platform threads.",
        () -> ManagementFactory.getThreadMXBean().getThreadCount());
  }

  private static void gauge(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(point -> point.call(value.getAsDouble()))
        .register(registry);
  }

  private static void counter(
      PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(point -> point.call(value.getAsDouble()))
        .register(registry);
  }
}
