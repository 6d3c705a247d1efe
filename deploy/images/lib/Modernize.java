import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Writes the classes of a jar that are older than Java 8 anew, in the format of Java 8: {@code java
 * Modernize.java FROM TO}. The code stays the same. A class cache takes no classes without stack
 * maps, which came with Java 6; without it they are the slowest of all to load, since the JVM has to
 * verify them the old way.
 */
void main(String[] arguments) throws IOException {
  Path from = Path.of(arguments[0]);
  try (JarFile old = new JarFile(from.toFile());
      URLClassLoader classes = new URLClassLoader(new java.net.URL[] {from.toUri().toURL()});
      JarOutputStream jar = new JarOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
    ClassFile format =
        ClassFile.of(
            StackMapsOption.STACK_MAPS_WHEN_REQUIRED,
            ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(classes)));
    for (JarEntry entry : old.stream().toList()) {
      JarEntry copy = new JarEntry(entry.getName());
      copy.setTime(entry.getTime());
      jar.putNextEntry(copy);
      jar.write(modern(format, entry.getName(), bytes(old, entry)));
    }
  }
}

byte[] modern(ClassFile format, String name, byte[] content) {
  if (!name.endsWith(".class")) {
    return content;
  }
  ClassModel model = format.parse(content);
  return model.majorVersion() >= ClassFile.JAVA_8_VERSION
      ? content
      : format.transformClass(
          model,
          // Bodies are taken apart and put together, or they would keep having no stack maps.
          ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
              .andThen(
                  ClassTransform.endHandler(
                      made -> made.withVersion(ClassFile.JAVA_8_VERSION, 0))));
}

byte[] bytes(JarFile jar, JarEntry entry) {
  try (var content = jar.getInputStream(entry)) {
    return content.readAllBytes();
  } catch (IOException e) {
    throw new UncheckedIOException(e);
  }
}
