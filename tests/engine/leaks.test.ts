import { DYNAMIC } from "../support/front-ends.ts";
import { leakTest } from "../support/leak-test.ts";

leakTest(DYNAMIC, 34);
