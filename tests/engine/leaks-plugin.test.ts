import { IS_WHOLE } from "../support/drawn.ts";
import { PLUGIN } from "../support/front-ends.ts";
import { leakTest } from "../support/leak-test.ts";

leakTest(PLUGIN, IS_WHOLE ? 34 : 4);
