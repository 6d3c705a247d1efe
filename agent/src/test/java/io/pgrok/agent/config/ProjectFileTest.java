package io.pgrok.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectFileTest {

  @TempDir Path directory;
  private Path folder;

  @BeforeEach
  void folders() throws IOException {
    folder = Files.createDirectories(directory.resolve("repository/service/src"));
    Files.createDirectory(directory.resolve("repository/.git"));
  }

  @Test
  void theNearestFileAboveIsTheProjects() throws Exception {
    Path repositorys = Files.createFile(directory.resolve("repository/pgrok.yml"));
    assertThat(ProjectFile.find(folder)).contains(repositorys);

    Path services = Files.createFile(directory.resolve("repository/service/pgrok.yml"));
    assertThat(ProjectFile.find(folder)).contains(services);

    Path own = Files.createFile(folder.resolve("pgrok.yml"));
    assertThat(ProjectFile.find(folder)).contains(own);
  }

  @Test
  void whatIsOutsideTheRepositoryIsNotOfTheProject() throws Exception {
    Files.createFile(directory.resolve("pgrok.yml"));

    assertThat(ProjectFile.find(folder)).isEmpty();
    assertThat(ProjectFile.top(folder)).isEqualTo(directory.resolve("repository"));
  }

  @Test
  void aFolderOfThatNameIsNoFile() throws Exception {
    Files.createDirectory(folder.resolve("pgrok.yml"));

    assertThat(ProjectFile.find(folder)).isEmpty();
  }

  @Test
  void withoutARepositoryTheSearchEndsAtTheRoot() {
    assertThat(ProjectFile.top(directory.getRoot().resolve("no/such/folder")))
        .isEqualTo(directory.getRoot());
  }
}
