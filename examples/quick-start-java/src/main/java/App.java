import com.pulumi.Context;
import com.pulumi.Pulumi;
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
                .password(config.requireSecret("password"))
                .passwordResetRequired(true)
                .build());

    // Whether the user has yet to choose a password of their own.
    context.export("passwordResetPending", profile.passwordResetPending());
  }
}
