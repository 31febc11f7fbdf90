"""The decisions of judging. Pure: values in, values out."""

from __future__ import annotations

from pitchfest.kernel.permissions import PermissionTable

PERMISSIONS: PermissionTable = {}
