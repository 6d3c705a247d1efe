package io.pgrok.crds;

import static java.util.stream.Collectors.toCollection;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.pgrok.crds.tunnel.Tunnel;
import io.pgrok.crds.tunnelagent.TunnelAgent;
import io.pgrok.crds.tunnelserver.TunnelServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/** Makes the CustomResourceDefinitions from the Java types. */
final class CrdGeneration {

  /** What is committed. Maven runs tests in the module's folder. */
  static final Path COMMITTED = Path.of("generated");

  private static final List<Class<? extends HasMetadata>> TYPES =
      List.of(Tunnel.class, TunnelAgent.class, TunnelServer.class);

  /** Of a string in a list: the longest DNS name. */
  private static final long LONGEST_ITEM = 253;

  /** Of a port or a range of them. */
  private static final long LONGEST_RANGE = 11;

  private CrdGeneration() {}

  /** Writes one file per resource, {@code <plural>.<group>-v1.yml}, into an existing folder. */
  static void into(Path folder) {
    for (var type : TYPES) {
      new CRDGenerator()
          .inOutputDir(folder.toFile())
          .withPostProcessor(new Finish(type))
          .customResourceClasses(List.of(type))
          .detailedGenerate();
    }
  }

  /** What the generator leaves to do. */
  private record Finish(Class<? extends HasMetadata> type) implements CRDPostProcessor {

    @Override
    public HasMetadata process(HasMetadata resource, String crdSpecVersion) {
      var crd = (CustomResourceDefinition) resource;
      for (var version : crd.getSpec().getVersions()) {
        version.getAdditionalPrinterColumns().sort(Comparator.comparing(c -> order(c.getName())));
        var schema = version.getSchema().getOpenAPIV3Schema();
        schema.setRequired(List.of("spec"));
        tidy(schema);
      }
      return crd;
    }

    /** The generator sorts columns by path; people read them in the order of the annotations. */
    private int order(String column) {
      return Arrays.stream(type.getAnnotationsByType(AdditionalPrinterColumn.class))
          .map(AdditionalPrinterColumn::name)
          .toList()
          .indexOf(column);
    }

    private static void tidy(JSONSchemaProps schema) {
      removeRepeatedRules(schema);
      if (schema.getItems() != null && schema.getItems().getSchema() != null) {
        boundStrings(schema.getItems().getSchema());
        tidy(schema.getItems().getSchema());
      }
      schema.getProperties().values().forEach(Finish::tidy);
    }

    /** A record's component annotates both its field and its accessor: the generator sees two. */
    private static void removeRepeatedRules(JSONSchemaProps schema) {
      schema.setXKubernetesValidations(
          new ArrayList<>(
              schema.getXKubernetesValidations().stream()
                  .collect(toCollection(LinkedHashSet::new))));
    }

    /** The API server takes no rule over strings that could be of any length. */
    private static void boundStrings(JSONSchemaProps item) {
      if (Boolean.TRUE.equals(item.getXKubernetesIntOrString())) {
        item.setMaxLength(LONGEST_RANGE);
      } else if ("string".equals(item.getType()) && item.getMaxLength() == null) {
        item.setMaxLength(LONGEST_ITEM);
      }
    }
  }
}
