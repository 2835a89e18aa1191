import com.google.gson.Gson;
import com.pulumi.Context;
import com.pulumi.automation.AutomationException;
import com.pulumi.automation.LocalWorkspace;
import com.pulumi.automation.LocalWorkspaceOptions;
import com.pulumi.automation.OperationType;
import com.pulumi.automation.ProjectRuntimeName;
import com.pulumi.automation.ProjectSettings;
import com.pulumi.automation.WorkspaceStack;
import local.awsloginprofile.ConsoleUser;
import local.awsloginprofile.ConsoleUserArgs;
import local.awsloginprofile.LoginProfile;
import local.awsloginprofile.LoginProfileArgs;
import local.awsloginprofile.Provider;
import local.awsloginprofile.ProviderArgs;
import com.pulumi.resources.CustomResourceOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Takes the steps of the table of languages, a JSON text a line, and carries each out by an inline program with the
 * generated SDK. It answers each with a line.
 */
public final class Program {
  record Settings(List<String> allowedAccountIds) {}

  record Profile(
      String userName,
      String password,
      Boolean passwordResetRequired,
      List<String> ageRecipients,
      Map<String, Object> rotationTriggers,
      String importId) {}

  record DeclaredUser(String userName, List<String> ageRecipients) {}

  record Step(String command, Settings provider, List<Profile> profiles, List<DeclaredUser> consoleUsers) {}

  private static Step current;

  public static void main(String[] args) throws Exception {
    var options =
        LocalWorkspaceOptions.builder()
            .workDir(Path.of(".").toAbsolutePath())
            .projectSettings(ProjectSettings.builder(args[1], ProjectRuntimeName.NODEJS).build())
            .build();
    var gson = new Gson();
    try (var stack = LocalWorkspace.createOrSelectStack(args[1], args[0], Program::declare, options);
        var lines = new BufferedReader(new InputStreamReader(System.in))) {
      for (String line; (line = lines.readLine()) != null; ) {
        current = gson.fromJson(line, Step.class);
        System.out.println(gson.toJson(carryOut(stack)));
      }
    }
    System.exit(0);
  }

  private static void declare(Context context) {
    var settings = current.provider();
    var provider =
        settings == null
            ? null
            : new Provider(
                "provider", ProviderArgs.builder().allowedAccountIds(settings.allowedAccountIds()).build());
    for (var one : current.profiles()) declare(context, one, provider);
    if (current.consoleUsers() == null) return;
    for (var one : current.consoleUsers()) {
      var args =
          ConsoleUserArgs.builder().ageRecipients(one.ageRecipients()).existing(true).allowPasswordChange(false).build();
      var user = new ConsoleUser(one.userName(), args);
      context.export(one.userName() + "-encrypted", user.encryptedPassword());
    }
  }

  private static void declare(Context context, Profile one, Provider provider) {
    // The builders take no null.
    var args = LoginProfileArgs.builder().userName(one.userName());
    if (one.password() != null) args.password(one.password());
    if (one.passwordResetRequired() != null) args.passwordResetRequired(one.passwordResetRequired());
    if (one.ageRecipients() != null) args.ageRecipients(one.ageRecipients());
    if (one.rotationTriggers() != null) args.rotationTriggers(one.rotationTriggers());
    var options = CustomResourceOptions.builder().provider(provider).importId(one.importId()).build();
    var profile = new LoginProfile(one.userName(), args.build(), options);
    context.export(one.userName() + "-version", profile.passwordVersion());
    context.export(one.userName() + "-encrypted", profile.encryptedPassword());
    context.export(one.userName() + "-hash", profile.passwordHash());
  }

  private static Map<String, Object> carryOut(WorkspaceStack stack) {
    try {
      if (current.command().equals("destroy")) return Map.of("changes", words(stack.destroy().summary().resourceChanges()));
      var result = stack.up();
      var outputs =
          result.outputs().entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey,
                      it -> Map.of("value", it.getValue().value(), "secret", it.getValue().isSecret())));
      return Map.of("changes", words(result.summary().resourceChanges()), "outputs", outputs);
    } catch (AutomationException error) {
      return Map.of("error", error.getMessage());
    }
  }

  private static Map<String, Integer> words(Map<OperationType, Integer> changes) {
    return changes.entrySet().stream()
        .collect(Collectors.toMap(it -> it.getKey().name().toLowerCase(Locale.ROOT), Map.Entry::getValue));
  }
}
