/** The Maven project of a program that uses the SDK for Java. */
import { type Home, JAVA_ARTIFACT } from "./home.ts";

/** `more` are dependencies beside the SDK and those of the SDK, and what else the project says. */
export function mavenProject(
  { javaGroup }: Home,
  version: string,
  more: { dependencies?: string[]; build?: string } = {},
): string {
  const dependencies = [dependency(javaGroup, JAVA_ARTIFACT, version), ...(more.dependencies ?? [])];
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
${more.build ?? ""}</project>
`;
}

export function dependency(group: string, artifact: string, version: string): string {
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
}
