"""What a run's states are called."""

from studio.core.text import Text
from studio.runs.directory import Status

STATUSES: dict[Status, Text] = {
    "queued": Text("queued", "排队中"),
    "running": Text("running", "运行中"),
    "finished": Text("finished", "已完成"),
    "failed": Text("failed", "失败"),
    "stopped": Text("stopped", "已停止"),
    "crashed": Text("crashed", "异常退出"),
}
