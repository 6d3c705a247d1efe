package io.pgrok.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LoadState;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.BaseLib;
import org.luaj.vm2.lib.PackageLib;
import org.luaj.vm2.lib.TableLib;

/**
 * Runs the script that Argo CD is given, with the libraries that Argo CD gives it, on the
 * conditions that the operator writes.
 */
class ArgoHealthTest {

  private static final long GENERATION = 3;

  private final String script = script();

  @ParameterizedTest
  @EnumSource
  void judgesEveryReasonAsTheReferenceSays(Reason reason) {
    var health = judge(status(GENERATION, conditions(reason)));

    assertThat(health.get("status").tojstring()).isEqualTo(ConditionsReferenceTest.argo(reason));
    assertThat(health.get("message").tojstring()).isEqualTo(reason.text() + ": because");
  }

  @Test
  void waitsForAnOperatorThatHasNotSpoken() {
    assertThat(judge(Map.of()).get("status").tojstring()).isEqualTo("Progressing");
    assertThat(judge(Map.of("status", Map.of())).get("status").tojstring())
        .isEqualTo("Progressing");
  }

  @ParameterizedTest
  @EnumSource
  void doesNotBelieveTheStatusOfAnEarlierSpec(Reason reason) {
    var health = judge(status(GENERATION - 1, conditions(reason)));

    assertThat(health.get("status").tojstring()).isEqualTo("Progressing");
  }

  private static List<Condition> conditions(Reason reason) {
    return Conditions.of(List.of(), new Verdict(reason, "because"), GENERATION, Clock.systemUTC());
  }

  private static Map<String, Object> status(long observed, List<Condition> conditions) {
    return Map.of("status", Map.of("observedGeneration", observed, "conditions", conditions));
  }

  private LuaTable judge(Map<String, Object> more) {
    var resource = new java.util.HashMap<String, Object>(more);
    resource.put("metadata", Map.of("name", "web", "generation", GENERATION));
    var globals = new Globals();
    globals.load(new BaseLib());
    globals.load(new PackageLib());
    globals.load(new TableLib());
    LoadState.install(globals);
    LuaC.install(globals);
    globals.set("obj", lua(Serialization.unmarshal(Serialization.asJson(resource), Map.class)));
    return globals.load(script, "health.lua").call().checktable();
  }

  private static LuaValue lua(Object json) {
    return switch (json) {
      case Map<?, ?> map -> {
        var table = new LuaTable();
        map.forEach((key, value) -> table.set(key.toString(), lua(value)));
        yield table;
      }
      case List<?> list ->
          LuaValue.listOf(list.stream().map(ArgoHealthTest::lua).toArray(LuaValue[]::new));
      case Number number -> LuaValue.valueOf(number.doubleValue());
      case Boolean bool -> LuaValue.valueOf(bool);
      default -> LuaValue.valueOf(json.toString());
    };
  }

  private static String script() {
    try {
      var manifest = Files.readString(Path.of("../deploy/previews/argocd/argocd-cm.yaml"));
      var customizations =
          Serialization.unmarshal(manifest, ConfigMap.class)
              .getData()
              .get("resource.customizations");
      Map<String, Map<String, String>> byKind = Serialization.unmarshal(customizations, Map.class);
      return byKind.get("pgrok.io/*").get("health.lua");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
