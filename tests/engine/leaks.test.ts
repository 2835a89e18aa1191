import { IS_WHOLE } from "../support/drawn.ts";
import { DYNAMIC } from "../support/front-ends.ts";
import { leakTest } from "../support/leak-test.ts";

leakTest(DYNAMIC, IS_WHOLE ? 34 : 8);
