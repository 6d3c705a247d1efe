package io.pgrok.pgrokd;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Packages are read in the order in which a visitor's bytes go through them, never in circles. */
@AnalyzeClasses(packages = "io.pgrok.pgrokd", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.pgrok.pgrokd.(*)..").should().beFreeOfCycles();
}
