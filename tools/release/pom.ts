/** The Maven project of the Java SDK; the profile "release" signs and publishes what is built. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { JAVA_ARTIFACT } from "./home.ts";
import { dependency, plugin } from "./maven.ts";
import type { Release } from "./stamp.ts";

const PROVIDER = join(import.meta.dirname, "..", "..", "provider", "package.json");

export function mavenProject({ home, version }: Release): string {
  const { description, license } = JSON.parse(readFileSync(PROVIDER, "utf8"));
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>${home.javaGroup}</groupId>
  <artifactId>${JAVA_ARTIFACT}</artifactId>
  <version>${version}</version>
  <name>AWS login profile for Pulumi</name>
  <description>${description}</description>
  <url>${home.url}</url>
  <licenses>
    <license><name>${license}</name><url>${home.file("LICENSE", version)}</url></license>
  </licenses>
  <developers>
    <developer><id>${home.owner}</id><url>${home.url}</url></developer>
  </developers>
  <scm>
    <connection>scm:git:${home.url}.git</connection>
    <url>${home.url}</url>
    <tag>v${version}</tag>
  </scm>
  <properties>
    <maven.compiler.release>11</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    ${dependency("com.pulumi", "pulumi", "1.16.0")}
    ${dependency("com.google.code.findbugs", "jsr305", "3.0.2")}
  </dependencies>
  <build>
    <resources>
      <resource><directory>src/main/resources</directory></resource>
      <resource>
        <directory>.</directory>
        <includes><include>LICENSE</include></includes>
        <targetPath>META-INF</targetPath>
      </resource>
    </resources>
    <plugins>
      ${plugin("maven-compiler-plugin", "3.13.0")}
      ${plugin("maven-resources-plugin", "3.3.1")}
      ${plugin("maven-jar-plugin", "3.4.2")}
      ${plugin("maven-source-plugin", "3.3.1", execution("jar-no-fork"))}
      ${plugin("maven-javadoc-plugin", "3.11.2", execution("jar", "<doclint>none</doclint>"))}
    </plugins>
  </build>
  <profiles>
    <profile>
      <id>release</id>
      <build>
        <plugins>
          ${plugin("maven-gpg-plugin", "3.2.7", execution("sign"))}
          <plugin>
            <groupId>org.sonatype.central</groupId>
            <artifactId>central-publishing-maven-plugin</artifactId>
            <version>0.8.0</version>
            <extensions>true</extensions>
            <configuration>
              <publishingServerId>central</publishingServerId>
              <autoPublish>true</autoPublish>
              <waitUntil>published</waitUntil>
            </configuration>
          </plugin>
        </plugins>
      </build>
    </profile>
  </profiles>
</project>
`;
}

function execution(goal: string, configuration = ""): string {
  const configured = configuration === "" ? "" : `<configuration>${configuration}</configuration>`;
  return `<executions><execution><id>${goal}</id><goals><goal>${goal}</goal></goals>${configured}</execution></executions>`;
}
