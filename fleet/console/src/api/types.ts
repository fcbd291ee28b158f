// Short names for the shapes in schema.d.ts, which is generated from the orchestrator's OpenAPI (npm run api).
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Names = Record<string, string>;
export type ParamValue = string | number | boolean | string[];
export type Alert = Schemas["AlertOut"];
export type Answer = Schemas["MissionAnswer"];
export type Building = Schemas["BuildingState"];
export type Changes = Schemas["Changes"];
export type ControlAnswer = Schemas["ControlAnswer"];
export type Door = Schemas["DoorOut"];
export type Drawing = Schemas["DrawingOut"];
export type DrawingShape = Schemas["LayerOut"]["shapes"][number];
export type DrawnLabel = Schemas["LabelOut"];
export type DrawnSign = Schemas["SignOut"];
export type Edge = Schemas["EdgeOut"];
export type ErrorBody = Schemas["ErrorOut"];
export type Health = Schemas["Health"];
export type History = Schemas["HistoryOut"];
export type Level = Schemas["LevelOut"];
export type Lift = Schemas["LiftOut"];
export type LiftState = Schemas["LiftState"];
export type Machine = Schemas["MachineOut"];
export type Mission = Schemas["MissionOut"];
export type MissionDetail = Schemas["MissionDetail"];
export type MissionIn = Schemas["MissionIn"];
export type Param = Schemas["ParamOut"];
export type Place = Schemas["PlaceOut"];
export type Pose = Schemas["PoseOut"];
export type Robot = Schemas["RobotOut"];
export type Room = Schemas["RoomOut"];
export type Site = Schemas["SiteOut"];
export type SiteNode = Schemas["NodeOut"];
export type Snapshot = Schemas["Snapshot"];
export type Task = Schemas["TaskOut"];
export type Template = Schemas["TemplateOut"];
export type Why = Schemas["WhyOut"];
