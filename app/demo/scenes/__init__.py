"""Scenes after the main job, each with customers of its own: what holds, stops, falls back, is late or lies ahead.

Every scene tells what happens and notes a fault in the figures if it is not so.
"""
