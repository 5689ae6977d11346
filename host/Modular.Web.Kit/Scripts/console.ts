// The console's one script: small islands that the markup asks for by data- attributes. Every page works without them.
import { watchCharts } from "./console/charts";
import { watchCopying } from "./console/copying";
import { watchFilters } from "./console/filters";
import { watchKeys } from "./console/keys";
import { watchLiveRegions } from "./console/live";
import { watchMenus } from "./console/menus";
import { watchPasskeys } from "./console/passkeys";
import { watchTheme } from "./console/theme";
import { tellZone } from "./console/zone";

tellZone();
watchTheme();
watchMenus();
watchKeys();
watchFilters();
watchCopying();
watchLiveRegions();
watchCharts();
watchPasskeys();
