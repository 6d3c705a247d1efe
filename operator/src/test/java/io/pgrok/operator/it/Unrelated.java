package io.pgrok.operator.it;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;

/** What else there is in a cluster. */
final class Unrelated {

  private Unrelated() {}

  static Service service(String namespace, int number) {
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName("unrelated-" + number)
        .endMetadata()
        .withNewSpec()
        .withClusterIP("None")
        .addNewPort()
        .withPort(80)
        .endPort()
        .endSpec()
        .build();
  }

  static ConfigMap configMap(int number) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("unrelated-" + number)
        .endMetadata()
        .addToData("number", String.valueOf(number))
        .build();
  }
}
