/** The Maven project of a program that uses the SDK for Java, and what such projects are made of. */
import { type Home, JAVA_ARTIFACT } from "./home.ts";

/** `more` is what a program needs beside the SDK and what comes with it, and where its source is if not in the usual place. */
export function mavenProject(
  { javaGroup }: Home,
  version: string,
  more: { dependencies?: string[]; plugins?: string[]; sources?: string } = {},
): string {
  const dependencies = [dependency(javaGroup, JAVA_ARTIFACT, version), ...(more.dependencies ?? [])];
  // The one that an older Maven takes by itself knows no release, and asks for Java 5.
  const plugins = [plugin("maven-compiler-plugin", "3.13.0"), ...(more.plugins ?? [])];
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>test</groupId><artifactId>program</artifactId><version>0</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    ${dependencies.join("\n    ")}
  </dependencies>
  <build>
    <sourceDirectory>${more.sources ?? "src/main/java"}</sourceDirectory>
    <plugins>
      ${plugins.join("\n      ")}
    </plugins>
  </build>
</project>
`;
}

export function dependency(group: string, artifact: string, version: string): string {
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
}

export function plugin(artifact: string, version: string, more = ""): string {
  return `<plugin><groupId>org.apache.maven.plugins</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${more}</plugin>`;
}
