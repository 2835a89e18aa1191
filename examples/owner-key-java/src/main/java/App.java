import com.pulumi.Context;
import com.pulumi.Pulumi;
import java.util.List;
import java.util.Map;
import local.awsloginprofile.LoginProfile;
import local.awsloginprofile.LoginProfileArgs;

public class App {
  public static void main(String[] args) {
    Pulumi.run(App::declare);
  }

  private static void declare(Context context) {
    var config = context.config();
    var profile =
        new LoginProfile(
            "console-password",
            LoginProfileArgs.builder()
                .userName(config.require("userName"))
                // The public half of the owner's key. A PGP key would be pgpKey.
                .ageRecipients(List.of(config.require("recipient")))
                .passwordResetRequired(true)
                // Another value makes another password.
                .rotationTriggers(Map.of("rotation", config.get("rotation").orElse("1")))
                .build());

    // For the owner: pulumi stack output encryptedPassword | age --decrypt --identity key.txt
    context.export("encryptedPassword", profile.encryptedPassword());
    context.export("passwordVersion", profile.passwordVersion());
  }
}
