import { IS_WHOLE } from "../support/drawn.ts";
import { PLUGIN } from "../support/front-ends.ts";
import { leakTest } from "../support/leak-test.ts";

// All that they share is searched with the many of the dynamic front end.
leakTest(PLUGIN, IS_WHOLE ? 34 : 5);
